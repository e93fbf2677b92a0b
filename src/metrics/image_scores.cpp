#include "stsr/metrics/image_scores.h"

#include <array>

#include "image_size.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/image_box.h"
#include "stsr/metrics/ssim.h"

namespace stsr {

ImageScores score_images(const Image& truth, const Image& result, Rgb background,
                         const Lpips* lpips) {
  check_same_size(truth, result);
  const std::array<Image, 2> both{truth, result};
  ImageScores scores;
  scores.box = common_box(both, background, Lpips::least_size);
  const Image a = cropped(truth, scores.box);
  const Image b = cropped(result, scores.box);
  scores.ssim = ssim(a, b);
  if (lpips != nullptr) scores.lpips = lpips->distance(a, b);
  const ImageDifference difference = difference_image(a, b);
  scores.difference = difference.mean;
  scores.largest_difference = difference.maximum;
  return scores;
}

}  // namespace stsr
