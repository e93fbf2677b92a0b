#pragma once

#include <cstddef>
#include <span>

namespace stsr {

/// What PSNR needs to know of two volumes, over the voxels that both hold (finite values).
struct ErrorSums {
  std::size_t compared = 0;           ///< voxels that both hold
  std::size_t missing_in_truth = 0;   ///< left out, whatever the result holds there
  std::size_t missing_in_result = 0;  ///< held by the truth only
  double low = 0.0;                   ///< smallest and largest of all truth values;
  double high = 0.0;                  ///< both 0 where the truth holds none
  double squared_error = 0.0;         ///< sum of (predicted - truth)^2 over `compared`
};

/// Sums in double over fixed blocks added pairwise: the same bits for any thread count.
/// @throws ShapeError  lengths differ, or both are empty (the message carries both lengths).
[[nodiscard]] ErrorSums compare_volumes(std::span<const float> truth,
                                        std::span<const float> predicted);

/// 20 log10(high - low) - 10 log10(squared_error / compared), in dB; +infinity where the squared
/// error is 0; NaN where it is undefined: the truth is constant or nothing could be compared.
[[nodiscard]] double psnr_of(const ErrorSums& sums);

/// The same with truth and result both mapped to [-1, 1] by the range of the truth, as in the
/// paper: 20 log10(2) - 10 log10(mean of (2 (predicted - truth) / (high - low))^2). The factor
/// cancels, so it differs from psnr_of by rounding only. What is not the same is the number of a
/// model with per-step ranges that is scored before its output returns to the data's units: the
/// error of the interpolated ranges is then left out, here it counts.
[[nodiscard]] double normalised_psnr_of(const ErrorSums& sums);

/// Peak signal-to-noise ratio of one time step, in dB.
///
///   psnr = 20 log10(max(truth) - min(truth)) - 10 log10(mean((predicted - truth)^2))
///
/// @param truth      [nz*ny*nx] float32, x fastest, in the data's own unit; voxels that are
///                   missing (not finite) are left out.
/// @param predicted  same length, order and unit as `truth`.
/// @return dB; +infinity if identical; NaN if `predicted` misses a value that `truth` holds.
/// @throws ShapeError  lengths differ, or both are empty (the message carries both lengths).
/// @throws ValueError  `truth` is constant or holds no value: the peak is undefined.
///
/// For a series, average the dB per step (pooling the squared error gives another number).
/// Source: Tang & Wang 2024, section 4.2.
[[nodiscard]] double psnr(std::span<const float> truth, std::span<const float> predicted);

}  // namespace stsr
