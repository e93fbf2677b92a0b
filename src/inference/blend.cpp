#include "stsr/inference/blend.h"

#include <fmt/format.h>

#include <cmath>

#include "stsr/base/error.h"

namespace stsr {

namespace {

void check_weights(const Model& model, std::span<const double> weights) {
  if (model.network.architecture == Architecture::coordnet)
    throw ValueError(
        "a CoordNet has an output a variable and no latent vectors that could be blended; train "
        "with network.architecture 'stsr-inr'");
  if (weights.size() != model.variables.size())
    throw ValueError(fmt::format("a mixture of this model needs {} weights, got {}",
                                 model.variables.size(), weights.size()));
  double sum = 0.0;
  for (const double weight : weights) {
    if (!(weight >= 0.0) || !std::isfinite(weight))
      throw ValueError(fmt::format("weights of a mixture must be at least 0, got {}", weight));
    sum += weight;
  }
  if (std::abs(sum - 1.0) > 1e-6)
    throw ValueError(fmt::format("weights of a mixture must add up to 1, got {}", sum));
}

/// What keeps two variables from being mixed, empty where nothing does.
std::string difference(const TrainedVariable& a, const TrainedVariable& b) {
  if (std::string what = sampling_difference(a.info, b.info); !what.empty()) return what;
  if (a.time_span != b.time_span) return "their span of time";
  if (a.ranges.ranges.size() != b.ranges.ranges.size()) return "the kind of their value range";
  return {};
}

/// Marks as missing what is missing in either map.
MissingMap either_missing(const MissingMap& a, const MissingMap& b) {
  if (!a.any()) return b;
  if (!b.any()) return a;
  const MissingMap& longer = a.steps.size() >= b.steps.size() ? a : b;
  const MissingMap& other = &longer == &a ? b : a;
  MissingMap both = longer;
  for (std::size_t step = 0; step < both.steps.size(); ++step) {
    const auto& bits = other.steps[other.steps.size() == 1 ? 0 : step];
    for (std::size_t i = 0; i < bits.size(); ++i) both.steps[step][i] |= bits[i];
  }
  return both;
}

/// Adds weight * range of one variable to those of the mixture.
void add_ranges(std::vector<ValueRange>& sum, const std::vector<ValueRange>& ranges,
                double weight) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    sum[i].low += weight * ranges[i].low;
    sum[i].high += weight * ranges[i].high;
  }
}

}  // namespace

OutputVariable blend(const Model& model, std::span<const double> weights, const std::string& name,
                     const GridRequest& request) {
  check_weights(model, weights);
  const NetworkPlan plan = model.plan();
  const TrainedVariable* first = nullptr;
  OutputVariable result;
  std::vector<double> phi;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0.0) continue;
    const TrainedVariable& variable = model.variables[i];
    const std::vector<float> mu = latent_vector(plan, model.parameters, i);
    if (first == nullptr) {
      first = &variable;
      result.trained = variable;
      result.trained.info.name = name;
      result.trained.ranges.ranges.assign(variable.ranges.ranges.size(), ValueRange{});
      phi.assign(mu.size(), 0.0);
    }
    if (const std::string what = difference(*first, variable); !what.empty())
      throw ValueError(fmt::format(
          "variables '{}' and '{}' cannot be blended, they differ in {}; blend variables "
          "that share grid and times",
          first->info.name, variable.info.name, what));
    if (variable.info.unit != first->info.unit) result.trained.info.unit.clear();
    add_ranges(result.trained.ranges.ranges, variable.ranges.ranges, weights[i]);
    result.trained.missing = either_missing(result.trained.missing, variable.missing);
    for (std::size_t k = 0; k < phi.size(); ++k) phi[k] += weights[i] * mu[k];
  }
  result.latent.assign(phi.begin(), phi.end());
  result.grid = output_grid(result.trained.info, request);
  return result;
}

std::vector<OutputVariable> blend_series(const Model& model, std::size_t from, std::size_t to,
                                         std::size_t count, const GridRequest& request) {
  if (from >= model.variables.size() || to >= model.variables.size())
    throw ValueError(fmt::format("variables number {} and {} of a model with {}", from, to,
                                 model.variables.size()));
  if (count < 2 || count > 1000)
    throw ValueError(fmt::format("the number of mixtures must be from 2 to 1000, got {}", count));
  const std::string stem =
      fmt::format("{}_{}", model.variables[from].info.name, model.variables[to].info.name);
  std::vector<OutputVariable> series;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = static_cast<double>(i) / static_cast<double>(count - 1);
    std::vector<double> weights(model.variables.size(), 0.0);
    weights[from] += 1.0 - a;
    weights[to] += a;
    series.push_back(blend(model, weights, fmt::format("{}_{:03}", stem, i), request));
  }
  return series;
}

}  // namespace stsr
