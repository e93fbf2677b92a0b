#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compared_case.h"
#include "method.h"
#include "stsr/experiments/comparison.h"
#include "stsr/metrics/scores.h"

namespace stsr {

/// One metric over the time steps of a variable; NaN where undefined.
struct MetricSeries {
  std::string key;  ///< compared_key of a metric
  std::vector<double> values;
};

/// All that was measured of one variable of one method.
struct VariableScores {
  std::vector<double> times;
  std::vector<StepGroup> groups;
  std::vector<MetricSeries> series;

  [[nodiscard]] const MetricSeries* find(std::string_view key) const;
  /// Mean over the defined steps (of one group); NaN where there are none.
  [[nodiscard]] double mean(std::string_view key, std::optional<StepGroup> group = {}) const;
};

/// One variable of one method.
struct VariableResult {
  bool exists = false;            ///< false: the method was not run on it
  std::filesystem::path volumes;  ///< the data set that the method wrote it into
  VariableScores scores;          ///< empty where there is no truth
};

/// One row of the tables.
struct MethodResult {
  ComparedMethod entry;
  std::string error;  ///< why it failed; empty where it did not
  std::string key;    ///< of its records
  std::filesystem::path folder;
  TrainingCost cost;
  double inference_seconds = 0.0;
  std::vector<VariableResult> variables;  ///< in the order of ComparisonResults::variables
  std::vector<std::string> commands;
  std::vector<std::filesystem::path> logs;

  /// Mean over the variables of their means; NaN where none has the metric.
  [[nodiscard]] double mean(std::string_view metric, std::optional<StepGroup> group = {}) const;
};

/// A picture of the report.
struct ReportPicture {
  std::string title;
  std::string caption;
  std::filesystem::path file;  ///< PNG
};

/// Numbers of one picture of one method against the truth's; NaN where undefined.
struct PictureScore {
  std::string picture;
  std::string method;
  double difference = std::numeric_limits<double>::quiet_NaN();  ///< mean CIELUV distance
  double ssim = std::numeric_limits<double>::quiet_NaN();
  double lpips = std::numeric_limits<double>::quiet_NaN();
};

/// Everything that the report tells.
struct ComparisonResults {
  const ComparisonRequest* request = nullptr;
  std::vector<std::unique_ptr<ComparedCase>> cases;
  std::vector<ComparedVariable> variables;
  std::vector<MethodResult> methods;
  std::vector<ReportPicture> pictures;
  std::vector<PictureScore> picture_scores;
  std::vector<std::string> remarks;  ///< what could not be done, one line each

  /// Bytes of the float32 values that a method's model stands for: all that it wrote.
  [[nodiscard]] std::size_t output_bytes(const MethodResult& method) const;
};

}  // namespace stsr
