#pragma once

#include <optional>

#include "stsr/metrics/lpips.h"
#include "stsr/volume/image.h"

namespace stsr {

/// How two pictures differ inside their common box.
struct ImageScores {
  PixelBox box;                     ///< what both were cropped to
  double ssim = 0.0;                ///< at most 1
  std::optional<double> lpips;      ///< nothing without weights
  double difference = 0.0;          ///< mean distance in CIELUV
  double largest_difference = 0.0;  ///< of a pixel
};

/// Scores two pictures inside the smallest box that holds all that differs from the background in
/// either, widened to what LPIPS needs, as far as the pictures go.
/// @param lpips  may be null.
/// @throws ShapeError  the sizes differ or are 0, or LPIPS is asked for pictures below its
///   least_size.
[[nodiscard]] ImageScores score_images(const Image& truth, const Image& result, Rgb background,
                                       const Lpips* lpips = nullptr);

}  // namespace stsr
