#include "stsr/kernels/image_convolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <dnnl.hpp>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

using Tag = dnnl::memory::format_tag;

dnnl::memory::desc described(const dnnl::memory::dims& shape, Tag tag) {
  return {shape, dnnl::memory::data_type::f32, tag};
}

dnnl::memory::dim dim(std::size_t n) {
  return static_cast<dnnl::memory::dim>(n);
}

/// Numbers of ours, which oneDNN reads only.
dnnl::memory borrowed(const dnnl::memory::dims& shape, Tag tag, const dnnl::engine& engine,
                      std::span<const float> values) {
  return {described(shape, tag), engine, const_cast<float*>(values.data())};
}

/// The same numbers in the order that a primitive wants.
dnnl::memory reordered(dnnl::memory from, const dnnl::memory::desc& wanted,
                       const dnnl::engine& engine, dnnl::stream& stream) {
  if (from.get_desc() == wanted) return from;
  dnnl::memory to(wanted, engine);
  dnnl::reorder(from, to).execute(stream, from, to);
  return to;
}

void check_shapes(const ImageConvolution& c, const Channels& x, std::span<const float> weights,
                  std::span<const float> bias) {
  if (x.count != c.inputs || x.values.size() != checked_product({x.count, x.height, x.width}) ||
      weights.size() != checked_product({c.outputs, c.inputs, c.window, c.window}) ||
      bias.size() != c.outputs || c.stride == 0 || c.output_size(x.height) == 0 ||
      c.output_size(x.width) == 0)
    throw ShapeError(fmt::format(
        "a convolution of {} to {} channels with windows of {} cannot take {} x {} x {} numbers "
        "({}), {} weights and {} biases",
        c.inputs, c.outputs, c.window, x.count, x.height, x.width, x.values.size(), weights.size(),
        bias.size()));
}

dnnl::convolution_forward::primitive_desc planned(const ImageConvolution& c,
                                                  const dnnl::memory::dims& x,
                                                  const dnnl::memory::dims& w,
                                                  const dnnl::memory::dims& y,
                                                  const dnnl::engine& engine) {
  const dnnl::memory::dims strides{dim(c.stride), dim(c.stride)};
  const dnnl::memory::dims padding{dim(c.padding), dim(c.padding)};
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      described(x, Tag::any), described(w, Tag::any), described({w[0]}, Tag::x),
      described(y, Tag::any), strides, padding, padding);
  dnnl::post_ops relu;
  relu.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(relu);
  return {description, attributes, engine};
}

}  // namespace

Channels convolve_relu(const ImageConvolution& c, const Channels& x, std::span<const float> weights,
                       std::span<const float> bias) try {
  check_shapes(c, x, weights, bias);
  Channels y{c.outputs, c.output_size(x.height), c.output_size(x.width), {}};
  y.values.resize(checked_product({y.count, y.height, y.width}));
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const dnnl::memory::dims x_shape{1, dim(x.count), dim(x.height), dim(x.width)};
  const dnnl::memory::dims w_shape{dim(c.outputs), dim(c.inputs), dim(c.window), dim(c.window)};
  const dnnl::memory::dims y_shape{1, dim(y.count), dim(y.height), dim(y.width)};
  const auto plan = planned(c, x_shape, w_shape, y_shape, engine);
  const auto source =
      reordered(borrowed(x_shape, Tag::nchw, engine, x.values), plan.src_desc(), engine, stream);
  const auto factors =
      reordered(borrowed(w_shape, Tag::oihw, engine, weights), plan.weights_desc(), engine, stream);
  const auto offsets = borrowed({w_shape[0]}, Tag::x, engine, bias);
  dnnl::memory result(plan.dst_desc(), engine);
  dnnl::convolution_forward(plan).execute(stream, {{DNNL_ARG_SRC, source},
                                                   {DNNL_ARG_WEIGHTS, factors},
                                                   {DNNL_ARG_BIAS, offsets},
                                                   {DNNL_ARG_DST, result}});
  dnnl::memory plain(described(y_shape, Tag::nchw), engine, y.values.data());
  dnnl::reorder(result, plain).execute(stream, result, plain);
  stream.wait();
  return y;
} catch (const dnnl::error& error) {
  throw ShapeError(fmt::format("oneDNN refused a convolution of {} x {} x {} (status {}): {}",
                               x.count, x.height, x.width, static_cast<int>(error.status),
                               error.what()));
}

Channels max_pool(const Channels& x) {
  if (x.height < 3 || x.width < 3)
    throw ShapeError(
        fmt::format("windows of 3 x 3 do not fit into {} x {} pixels", x.width, x.height));
  Channels y{x.count, (x.height - 3) / 2 + 1, (x.width - 3) / 2 + 1, {}};
  y.values.reserve(checked_product({y.count, y.height, y.width}));
  for (std::size_t c = 0; c < y.count; ++c)
    for (std::size_t j = 0; j < y.height; ++j)
      for (std::size_t i = 0; i < y.width; ++i) {
        const float* first = &x.values[(c * x.height + 2 * j) * x.width + 2 * i];
        float largest = first[0];
        for (std::size_t row = 0; row < 3; ++row)
          for (std::size_t column = 0; column < 3; ++column)
            largest = std::max(largest, first[row * x.width + column]);
        y.values.push_back(largest);
      }
  return y;
}

}  // namespace stsr
