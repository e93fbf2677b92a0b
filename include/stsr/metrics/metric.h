#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stsr/base/config_field.h"
#include "stsr/metrics/psnr.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// What a result can be scored by against the truth, in the order of metric_table;
/// docs/metrics.md has all formulas.
enum class Metric { psnr, psnr_normalised, ssim, lpips, chamfer };

/// What a metric needs beside the volumes.
enum class MetricInput { nothing, isovalue, pictures };

/// What a metric of volumes sees of one time step.
struct ScoredStep {
  Dims dims;                     ///< of both; x fastest
  std::span<const float> truth;  ///< [nz*ny*nx]; missing where not finite
  std::span<const float> result;
  ErrorSums sums;                       ///< of the two
  std::optional<double> isovalue = {};  ///< in the data's unit
};

/// Scores of one step; NaN where undefined. @throws ValueError  the isovalue is missing.
[[nodiscard]] double psnr_of_step(const ScoredStep& step);             // dB
[[nodiscard]] double normalised_psnr_of_step(const ScoredStep& step);  // dB
[[nodiscard]] double ssim_of_step(const ScoredStep& step);
[[nodiscard]] double chamfer_of_step(const ScoredStep& step);  // voxels

/// All that there is to say of a metric. A new one is an enumerator, an entry of metric_table and
/// the function that computes it.
struct MetricInfo {
  Metric metric;
  Metric asked_as;                ///< the metric whose name asks for it; files have both
  std::string_view name = {};     ///< as users ask for it
  std::string_view key;           ///< in the files of an evaluation, with the unit
  std::string_view compared_key;  ///< in the files of a comparison, its switch in [metrics] and its
                                  ///< key in [[reference]]
  std::string_view label;         ///< over tables and in sentences
  std::string_view unit = {};
  int decimals = 2;            ///< in tables
  int published_decimals = 2;  ///< in the rows of [[reference]]
  bool higher_is_better = true;
  bool by_group = false;  ///< a comparison has columns for the groups of steps, too
  bool leads = false;     ///< older than the others: files have its numbers before theirs, and its
                          ///< count of undefined steps beside them instead of inside
  MetricInput input = MetricInput::nothing;
  std::string_view undefined = {};               ///< why a step may have none; {0} is the isovalue
  double (*score)(const ScoredStep&) = nullptr;  ///< null where the input is pictures
                                                 ///< (image_scores.h)
};

inline constexpr std::array metric_table{
    MetricInfo{.metric = Metric::psnr,
               .asked_as = Metric::psnr,
               .name = "psnr",
               .key = "psnr_db",
               .compared_key = "psnr",
               .label = "PSNR",
               .unit = "dB",
               .by_group = true,
               .leads = true,
               .undefined = "constant truth, or nothing to compare",
               .score = psnr_of_step},
    MetricInfo{.metric = Metric::psnr_normalised,
               .asked_as = Metric::psnr,
               .key = "psnr_db_normalised",
               .compared_key = "psnr_normalised",
               .label = "PSNR in the scale of the step",
               .unit = "dB",
               .leads = true,
               .undefined = "constant truth, or nothing to compare",
               .score = normalised_psnr_of_step},
    MetricInfo{.metric = Metric::ssim,
               .asked_as = Metric::ssim,
               .name = "ssim",
               .key = "ssim",
               .compared_key = "ssim",
               .label = "SSIM",
               .decimals = 4,
               .undefined = "constant truth, or missing voxels in every window",
               .score = ssim_of_step},
    MetricInfo{.metric = Metric::lpips,
               .asked_as = Metric::lpips,
               .name = "lpips",
               .key = "lpips",
               .compared_key = "lpips",
               .label = "LPIPS",
               .decimals = 4,
               .published_decimals = 3,
               .higher_is_better = false,
               .input = MetricInput::pictures},
    MetricInfo{.metric = Metric::chamfer,
               .asked_as = Metric::chamfer,
               .name = "cd",
               .key = "cd_voxels",
               .compared_key = "chamfer",
               .label = "CD",
               .unit = "voxels",
               .decimals = 3,
               .higher_is_better = false,
               .input = MetricInput::isovalue,
               .undefined = "truth or result has no isosurface at {0}",
               .score = chamfer_of_step},
};

[[nodiscard]] constexpr const MetricInfo& metric_info(Metric metric) {
  return metric_table[static_cast<std::size_t>(metric)];
}

namespace metric_detail {

constexpr bool in_order() {
  for (std::size_t i = 0; i < metric_table.size(); ++i)
    if (metric_table[i].metric != static_cast<Metric>(i)) return false;
  return true;
}
static_assert(in_order(), "metric_table follows the order of the enumerators");

/// The entries that `admits`, in order.
template <auto admits>
[[nodiscard]] constexpr auto select() {
  std::array<Metric, std::count_if(metric_table.begin(), metric_table.end(), admits)> metrics{};
  std::size_t count = 0;
  for (const MetricInfo& info : metric_table)
    if (admits(info)) metrics[count++] = info.metric;
  return metrics;
}

}  // namespace metric_detail

/// Those that tables show: all that have a name.
inline constexpr auto named_metrics =
    metric_detail::select<[](const MetricInfo& info) { return info.asked_as == info.metric; }>();

/// Those of volumes that one can ask for.
inline constexpr auto volume_metrics = metric_detail::select<[](const MetricInfo& info) {
  return info.asked_as == info.metric && info.input != MetricInput::pictures;
}>();

template <>
struct EnumNames<Metric> {
  static constexpr auto values = [] {
    std::array<EnumTable<Metric>, volume_metrics.size()> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = {volume_metrics[i], metric_info(volume_metrics[i]).name};
    return table;
  }();
};

/// "PSNR (dB)", or "SSIM" where there is no unit.
[[nodiscard]] std::string metric_title(const MetricInfo& info);

/// One value per metric.
template <class T>
class PerMetric {
 public:
  explicit PerMetric(const T& value = {}) { values_.fill(value); }
  [[nodiscard]] T& operator[](Metric metric) { return values_[static_cast<std::size_t>(metric)]; }
  [[nodiscard]] const T& operator[](Metric metric) const {
    return values_[static_cast<std::size_t>(metric)];
  }

 private:
  std::array<T, metric_table.size()> values_;
};

}  // namespace stsr
