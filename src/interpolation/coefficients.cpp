#include "stsr/interpolation/coefficients.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "stsr/base/parallel.h"

namespace stsr {

namespace {

/// Cubic B-spline coefficients by two recursive filters with pole z (Unser 1999, box 2). With the
/// line continued by its end values to both sides, both filters start and end in closed form.
void spline_coefficients(std::span<const double> line, double* out) {
  const double pole = std::sqrt(3.0) - 2.0;
  const std::size_t n = line.size();
  double* const c = out + 1;  // c[i] belongs to index i
  // Causal: c+[i] = x[i] + z c+[i-1]; on a constant x its steady state is x / (1 - z).
  const double steady_low = line.front() / (1.0 - pole);
  const double steady_high = line.back() / (1.0 - pole);
  double causal = steady_low;
  for (std::size_t i = 0; i < n; ++i) {
    causal = line[i] + pole * causal;
    c[i] = causal;
  }
  c[n] = line.back() + pole * c[n - 1];
  c[n + 1] = line.back() + pole * c[n];
  // Anticausal: c[i] = z (c[i+1] - c+[i]); beyond the end c+ decays geometrically.
  double anticausal =
      -pole * (steady_high / (1.0 - pole) + (c[n + 1] - steady_high) / (1.0 - pole * pole));
  c[n + 1] = 6.0 * anticausal;
  for (std::size_t i = n + 1; i-- > 0;) {
    anticausal = pole * (anticausal - c[i]);
    c[i] = 6.0 * anticausal;
  }
  out[0] = 6.0 * pole * (anticausal - steady_low);
}

/// Lines of `volume` (extended) along `axis`, whose first n samples become n + 3. Other axes: the
/// extended size below `axis`, the plain one above.
void extend_axis(InterpolationKernel kernel, const Dims& dims, std::size_t axis,
                 std::vector<double>& volume) {
  const Dims big = extended_dims(dims);
  const std::size_t n = dims[axis];
  const std::array<std::size_t, 3> strides{1, big.x, big.x * big.y};
  const std::size_t stride = strides[axis];
  // The lines are counted over the two other axes, `inner` being the one of the smaller stride.
  const std::size_t inner = axis == 0 ? 1 : 0;
  const std::size_t outer = axis == 2 ? 1 : 2;
  const std::size_t inner_count = inner < axis ? big[inner] : dims[inner];
  const std::size_t outer_count = outer < axis ? big[outer] : dims[outer];
  parallel_parts("interpolation coefficients", inner_count * outer_count,
                 [&](int, std::size_t begin, std::size_t end) {
                   std::vector<double> line(n);
                   std::vector<double> result(n + 3);
                   for (std::size_t k = begin; k < end; ++k) {
                     double* const start = volume.data() + (k % inner_count) * strides[inner] +
                                           (k / inner_count) * strides[outer];
                     for (std::size_t i = 0; i < n; ++i) line[i] = start[i * stride];
                     line_coefficients(kernel, line, result.data());
                     for (std::size_t i = 0; i < n + 3; ++i) start[i * stride] = result[i];
                   }
                 });
}

}  // namespace

Dims extended_dims(const Dims& dims) {
  return {dims.x + 3, dims.y + 3, dims.z + 3};
}

void line_coefficients(InterpolationKernel kernel, std::span<const double> line, double* out) {
  if (kernel == InterpolationKernel::b_spline) return spline_coefficients(line, out);
  out[0] = line.front();
  std::copy(line.begin(), line.end(), out + 1);
  out[line.size() + 1] = line.back();
  out[line.size() + 2] = line.back();
}

std::vector<double> volume_coefficients(InterpolationKernel kernel, const Dims& dims,
                                        std::span<const float> values) {
  const Dims big = extended_dims(dims);
  std::vector<double> volume(checked_product({big.count(), sizeof(double)}) / sizeof(double));
  for (std::size_t z = 0; z < dims.z; ++z)
    for (std::size_t y = 0; y < dims.y; ++y)
      std::copy_n(values.data() + (z * dims.y + y) * dims.x, dims.x,
                  volume.data() + (z * big.y + y) * big.x);
  for (std::size_t axis = 0; axis < 3; ++axis) extend_axis(kernel, dims, axis, volume);
  return volume;
}

std::vector<std::uint8_t> fill_missing(const Dims& dims, std::span<float> values) {
  std::vector<std::uint8_t> missing(values.size());
  bool any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    missing[i] = std::isfinite(values[i]) ? 0 : 1;
    any = any || missing[i] != 0;
  }
  if (!any) return {};
  if (std::find(missing.begin(), missing.end(), 0) == missing.end()) {
    std::fill(values.begin(), values.end(), 0.0F);
    return missing;
  }
  std::vector<std::uint8_t> open = missing;  // 1: without a value, 2: noticed for this layer
  const auto visit_neighbours = [&dims](std::size_t i, const auto& visit) {
    const std::size_t plane = dims.x * dims.y;
    const std::size_t x = i % dims.x;
    const std::size_t y = i / dims.x % dims.y;
    const std::size_t z = i / plane;
    if (x > 0) visit(i - 1);
    if (x + 1 < dims.x) visit(i + 1);
    if (y > 0) visit(i - dims.x);
    if (y + 1 < dims.y) visit(i + dims.x);
    if (z > 0) visit(i - plane);
    if (z + 1 < dims.z) visit(i + plane);
  };
  std::vector<std::size_t> layer;
  const auto notice = [&](std::size_t j) {
    if (open[j] == 1) {
      open[j] = 2;
      layer.push_back(j);
    }
  };
  for (std::size_t i = 0; i < values.size(); ++i)
    if (open[i] == 0) visit_neighbours(i, notice);
  while (!layer.empty()) {
    for (const std::size_t i : layer) {
      double sum = 0.0;
      int count = 0;
      visit_neighbours(i, [&](std::size_t j) {
        if (open[j] != 0) return;
        sum += values[j];
        ++count;
      });
      values[i] = static_cast<float>(sum / count);
    }
    const std::vector<std::size_t> done = std::move(layer);
    layer.clear();
    for (const std::size_t i : done) open[i] = 0;
    for (const std::size_t i : done) visit_neighbours(i, notice);
  }
  return missing;
}

}  // namespace stsr
