#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stsr/volume/grid.h"
#include "stsr/volume/image.h"

namespace stsr {

/// The window and the constants of Wang et al. 2004.
struct SsimWindow {
  static constexpr double sigma = 1.5;     ///< of the Gaussian weights, in samples
  static constexpr std::size_t taps = 11;  ///< along each axis; the weights add up to 1
  static constexpr double k1 = 0.01;
  static constexpr double k2 = 0.03;
};

/// Structural similarity of one time step: the mean over all windows of
///
///   (2 mu_t mu_r + C1) (2 sigma_tr + C2) / ((mu_t^2 + mu_r^2 + C1) (sigma_t^2 + sigma_r^2 + C2))
///
/// with the Gaussian-weighted means mu, variances sigma^2 and covariance sigma_tr of truth and
/// result in a window of 11 x 11 x 11 samples (population moments: the weights add up to 1),
/// C1 = (0.01 L)^2, C2 = (0.03 L)^2, and L the largest minus the smallest value of the truth, as in
/// PSNR.
///
/// Only windows that lie inside the volume count, and of these only windows in which truth and
/// result hold every voxel. Along an axis of fewer than 11 samples the window has the largest odd
/// number of taps that fits, with the same sigma; along one of a single sample it has one, so that
/// nz = 1 gives the SSIM of an image.
///
/// @param dims    of both; x fastest.
/// @param truth   [nz*ny*nx] float32 in the data's unit; missing where not finite.
/// @param result  the same of the result.
/// @return at most 1, which identical volumes have; nothing where it is undefined: the truth is
///   constant, or every window misses a voxel.
/// @throws ShapeError  a length is not that of `dims`.
///
/// Sums run in double over fixed tiles: the same bits for any thread count. A thread takes
/// 16 kB * nx of memory, whatever ny and nz.
/// Source: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli: Image quality assessment: from
/// error visibility to structural similarity. IEEE Trans. Image Processing 13(4), 2004, section
/// III.B; its form for volumes has a third axis. scikit-image gives the same numbers with
/// gaussian_weights=True, sigma=1.5, use_sample_covariance=False.
[[nodiscard]] std::optional<double> ssim(const Dims& dims, std::span<const float> truth,
                                         std::span<const float> result);

/// The same of two pictures, with 11 x 11 windows and L = 255: the mean over red, green and blue of
/// the SSIM of each, which unlike the SSIM of the luma sees a wrong hue.
/// @throws ShapeError  the sizes differ or are 0.
[[nodiscard]] double ssim(const Image& truth, const Image& result);

}  // namespace stsr
