#include "stsr/metrics/lpips.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "image_size.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr {

namespace {

// The scaling layer of LPIPS: mean and deviation of ImageNet's colours on a scale of [-1, 1].
constexpr std::array<double, 3> shift{-0.030, -0.088, -0.188};
constexpr std::array<double, 3> scale{0.458, 0.448, 0.450};

constexpr double epsilon = 1e-10;  ///< keeps pixels without any activation at 0

Channels scaled(const Image& image) {
  Channels x{3, image.height, image.width, std::vector<float>(image.pixels.size())};
  const std::size_t pixels = image.height * image.width;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < pixels; ++i) {
      const double value = image.pixels[3 * i + c] / 127.5 - 1.0;
      x.values[c * pixels + i] = static_cast<float>((value - shift[c]) / scale[c]);
    }
  return x;
}

/// 1 / (length of the feature vector + epsilon) of every pixel.
std::vector<double> inverse_lengths(const Channels& features) {
  const std::size_t pixels = features.height * features.width;
  std::vector<double> lengths(pixels);
  for (std::size_t c = 0; c < features.count; ++c)
    for (std::size_t i = 0; i < pixels; ++i) {
      const double value = features.values[c * pixels + i];
      lengths[i] += value * value;
    }
  for (double& length : lengths) length = 1.0 / (std::sqrt(length) + epsilon);
  return lengths;
}

double layer_distance(const Channels& a, const Channels& b, const std::vector<float>& linear) {
  const std::size_t pixels = a.height * a.width;
  const std::vector<double> of_a = inverse_lengths(a);
  const std::vector<double> of_b = inverse_lengths(b);
  double sum = 0.0;
  for (std::size_t c = 0; c < a.count; ++c) {
    double squares = 0.0;
    for (std::size_t i = 0; i < pixels; ++i) {
      const std::size_t at = c * pixels + i;
      const double difference = a.values[at] * of_a[i] - b.values[at] * of_b[i];
      squares += difference * difference;
    }
    sum += linear[c] * squares;
  }
  return sum / static_cast<double>(pixels);
}

}  // namespace

Lpips::Lpips(LpipsWeights weights) : weights_(std::move(weights)) {
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& shape = alexnet[n];
    const LpipsWeights::Layer& layer = weights_.layers[n];
    const std::size_t count = shape.outputs * shape.inputs * shape.window * shape.window;
    if (layer.weights.size() != count || layer.bias.size() != shape.outputs ||
        layer.linear.size() != shape.outputs)
      throw ShapeError(
          fmt::format("layer {} of AlexNet needs {} weights, {} biases and {} linear weights, got "
                      "{}, {} and {}",
                      n + 1, count, shape.outputs, shape.outputs, layer.weights.size(),
                      layer.bias.size(), layer.linear.size()));
  }
}

double Lpips::distance(const Image& truth, const Image& result) const {
  check_same_size(truth, result);
  if (truth.width < least_size || truth.height < least_size)
    throw ShapeError(fmt::format("LPIPS needs pictures of at least {} x {} pixels, got {} x {}",
                                 least_size, least_size, truth.width, truth.height));
  std::array<Channels, 2> features{scaled(truth), scaled(result)};
  double sum = 0.0;
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const LpipsWeights::Layer& layer = weights_.layers[n];
    // A picture per thread: oneDNN then adds in the same order whatever the number of threads.
    parallel_for("lpips", 2, [&](std::size_t i) {
      if (n == 1 || n == 2) features[i] = max_pool(features[i]);
      features[i] = convolve_relu(alexnet[n], features[i], layer.weights, layer.bias);
    });
    sum += layer_distance(features[0], features[1], layer.linear);
  }
  return sum;
}

}  // namespace stsr
