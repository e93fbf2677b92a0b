#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <vector>

#include "stsr/kernels/image_convolution.h"
#include "stsr/volume/image.h"

namespace stsr {

/// The convolutions of AlexNet, each followed by a ReLU; the first two of them also by max_pool.
constexpr std::array<ImageConvolution, 5> alexnet{{{3, 64, 11, 4, 2},
                                                   {64, 192, 5, 1, 2},
                                                   {192, 384, 3, 1, 1},
                                                   {384, 256, 3, 1, 1},
                                                   {256, 256, 3, 1, 1}}};

/// What LPIPS has learned, a layer of AlexNet each.
struct LpipsWeights {
  struct Layer {
    std::vector<float> weights;  ///< [outputs][inputs][window][window]
    std::vector<float> bias;     ///< [outputs]
    std::vector<float> linear;   ///< [outputs]: how much the difference in a channel counts
  };
  std::array<Layer, alexnet.size()> layers;
};

/// Reads the safetensors file that scripts/export-lpips-weights.py writes: for n = 1..5 the float32
/// tensors conv<n>.weight, conv<n>.bias and lin<n>.weight with the shapes above.
/// @throws FileError  missing, damaged, a tensor missing, of another shape or type, or not finite;
///   every message names the script.
[[nodiscard]] LpipsWeights read_lpips_weights(const std::filesystem::path& path);

/// Learned perceptual image patch similarity, variant AlexNet, version 0.1: a distance, 0 for
/// identical pictures, larger for pictures that look less alike.
///
///   x = (v / 127.5 - 1 - shift_c) / scale_c        for the 8-bit value v of channel c
///   f_n = ReLU(convolution n(x or the layer before))   after conv1 and conv2 pooled for the next
///   u_n = f_n / (sqrt(sum over channels of f_n^2) + 1e-10)                        at each pixel
///   lpips = sum over n of mean over pixels of sum over c of linear_n,c (u_n,c - u'_n,c)^2
///
/// Source: R. Zhang, P. Isola, A. A. Efros, E. Shechtman, O. Wang: The unreasonable effectiveness
/// of deep features as a perceptual metric. CVPR 2018; constants of the authors' release 0.1.
class Lpips {
 public:
  /// Pictures need at least so many pixels along both axes: less does not reach the third layer.
  static constexpr std::size_t least_size = 31;

  /// @throws ShapeError  a list has not the length that `alexnet` asks for.
  explicit Lpips(LpipsWeights weights);

  /// @param truth, result  of one size; crop them to their common_box first, since background
  ///   makes pictures alike.
  /// @throws ShapeError  the sizes differ, or are below least_size.
  /// About 0.03 MFLOP a pixel and picture; float32, sums in double; the two pictures on a thread
  /// each. The same bits for any thread count.
  [[nodiscard]] double distance(const Image& truth, const Image& result) const;

 private:
  LpipsWeights weights_;
};

}  // namespace stsr
