#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stsr {

/// The shape of a convolution of images with square windows, zeros around the border.
struct ImageConvolution {
  std::size_t inputs = 1;   ///< channels
  std::size_t outputs = 1;  ///< channels
  std::size_t window = 1;   ///< pixels along each axis
  std::size_t stride = 1;
  std::size_t padding = 0;  ///< zeros at each end of an axis

  /// Pixels of the result along an axis of n: floor((n + 2 padding - window) / stride) + 1, or 0
  /// where the window does not fit.
  [[nodiscard]] std::size_t output_size(std::size_t n) const {
    const std::size_t padded = n + 2 * padding;
    return padded < window ? 0 : (padded - window) / stride + 1;
  }
};

/// Channels of equal size: values[(c*height + y)*width + x].
struct Channels {
  std::size_t count = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<float> values;
};

/// max(0, w * x + b): cross-correlation as in PyTorch's Conv2d, then ReLU, in float32.
/// Runs through oneDNN; inside a parallel loop on the calling thread alone.
/// @param weights  [outputs][inputs][window][window]
/// @param bias     [outputs]
/// @throws ShapeError  the sizes do not fit, or the window does not fit into the padded image.
[[nodiscard]] Channels convolve_relu(const ImageConvolution& convolution, const Channels& x,
                                     std::span<const float> weights, std::span<const float> bias);

/// The largest of each 3 x 3 window at every second pixel: floor((n - 3) / 2) + 1 along an axis.
/// @throws ShapeError  an axis has fewer than 3 pixels.
[[nodiscard]] Channels max_pool(const Channels& x);

}  // namespace stsr
