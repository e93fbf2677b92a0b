#include "comparison_results.h"

#include <cmath>

namespace stsr {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Adds up what is defined.
class Mean {
 public:
  void add(double value) {
    if (std::isnan(value)) return;
    sum_ += value;
    ++count_;
  }
  [[nodiscard]] double value() const {
    return count_ == 0 ? undefined : sum_ / static_cast<double>(count_);
  }

 private:
  double sum_ = 0.0;
  std::size_t count_ = 0;
};

}  // namespace

const MetricSeries* VariableScores::find(std::string_view key) const {
  for (const MetricSeries& one : series)
    if (one.key == key) return &one;
  return nullptr;
}

double VariableScores::mean(std::string_view key, std::optional<StepGroup> group) const {
  Mean mean;
  if (const MetricSeries* one = find(key); one != nullptr)
    for (std::size_t step = 0; step < one->values.size(); ++step)
      if (!group || groups[step] == *group) mean.add(one->values[step]);
  return mean.value();
}

double MethodResult::mean(std::string_view metric, std::optional<StepGroup> group) const {
  Mean mean;
  for (const VariableResult& variable : variables) mean.add(variable.scores.mean(metric, group));
  return mean.value();
}

std::size_t ComparisonResults::output_bytes(const MethodResult& method) const {
  std::size_t bytes = 0;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    if (!method.variables[v].exists) continue;
    const ComparedVariable& variable = variables[v];
    const OutputGrid grid =
        output_grid(variable.coarse_info(), variable.data->output_request(variable.name()));
    bytes += checked_product({grid.grid.dims.count(), grid.times.size(), sizeof(float)});
  }
  return bytes;
}

}  // namespace stsr
