#include "stsr/metrics/metric.h"

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/metrics/chamfer.h"
#include "stsr/metrics/scores.h"
#include "stsr/metrics/ssim.h"

namespace stsr {

double psnr_of_step(const ScoredStep& step) {
  return psnr_of(step.sums);
}

double normalised_psnr_of_step(const ScoredStep& step) {
  return normalised_psnr_of(step.sums);
}

double ssim_of_step(const ScoredStep& step) {
  return ssim(step.dims, step.truth, step.result).value_or(undefined_score);
}

double chamfer_of_step(const ScoredStep& step) {
  if (!step.isovalue) throw ValueError("the chamfer distance needs an isovalue, got none");
  return isosurface_distance(step.dims, step.truth, step.result, *step.isovalue)
      .value_or(undefined_score);
}

std::string metric_title(const MetricInfo& info) {
  return info.unit.empty() ? std::string(info.label)
                           : fmt::format("{} ({})", info.label, info.unit);
}

}  // namespace stsr
