#include "stsr/volume/analytic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fields.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/text.h"

namespace stsr {

namespace {

const AnalyticVariable& find_variable(const AnalyticField& field, const std::string& name) {
  std::vector<std::string> names;
  for (const AnalyticVariable& variable : field.variables) {
    if (variable.name == name) return variable;
    names.push_back(variable.name);
  }
  throw ValueError(
      fmt::format("{} has no variable '{}'{}", field.name, name, name_hint(name, names)));
}

template <class Item>
void refuse_repeats(std::vector<Item> items, const char* what) {
  std::sort(items.begin(), items.end());
  const auto repeat = std::adjacent_find(items.begin(), items.end());
  if (repeat != items.end())
    throw ValueError(fmt::format("the {} {} is given twice; give it once", what, *repeat));
}

std::vector<double> checked_parameters(const AnalyticField& field,
                                       const std::vector<double>& parameters) {
  if (parameters.empty()) return {field.parameter_default};
  if (field.parameter.empty())
    throw ValueError(
        fmt::format("{} has no parameter, got {}; leave it out", field.name, parameters.front()));
  for (const double parameter : parameters)
    if (!std::isfinite(parameter) || parameter < field.parameter_low)
      throw ValueError(fmt::format(
          "the parameter {} of {} must be a number{}, got {}", field.parameter, field.name,
          std::isfinite(field.parameter_low) && field.parameter_low == 0.0 ? " of at least 0" : "",
          parameter));
  refuse_repeats(parameters, "parameter");
  return parameters;
}

Grid checked_grid(const AnalyticField& field, const Dims& dims) {
  Grid grid{dims, {}, field.domain.low};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t n = dims[axis];
    if (n == 0) throw ValueError("every dimension must be at least 1, got 0");
    const double length = field.domain.high[axis] - field.domain.low[axis];
    grid.spacing[axis] = n == 1 ? length : length / static_cast<double>(n - 1);
    if (n == 1) grid.origin[axis] += 0.5 * length;
  }
  (void)checked_product({dims.count(), sizeof(float)});
  return grid;
}

std::vector<double> checked_times(const AnalyticField& field, const AnalyticRequest& request) {
  const double step = request.time_step.value_or(field.time_step);
  constexpr std::size_t most = std::size_t{1} << 20;
  if (request.steps == 0 || request.steps > most)
    throw ValueError(
        fmt::format("the number of time steps must be 1 to {}, got {}", most, request.steps));
  if (!(step > 0.0) || !std::isfinite(step))
    throw ValueError(fmt::format("the time step must be above 0, got {}", step));
  std::vector<double> times(request.steps);
  for (std::size_t t = 0; t < times.size(); ++t) times[t] = static_cast<double>(t) * step;
  return times;
}

}  // namespace

const std::vector<AnalyticField>& analytic_fields() {
  static const std::vector<AnalyticField> fields{analytic::tornado(), analytic::ethier_steinman(),
                                                 analytic::hill(), analytic::marschner_lobb()};
  return fields;
}

const AnalyticField& find_analytic_field(const std::string& name) {
  std::vector<std::string> names;
  for (const AnalyticField& field : analytic_fields()) {
    if (field.name == name) return field;
    names.push_back(field.name);
  }
  throw ValueError(fmt::format("there is no analytic field '{}'{}", name, name_hint(name, names)));
}

AnalyticSequence::AnalyticSequence(const AnalyticField& field, const AnalyticRequest& request) {
  const Grid grid = checked_grid(field, request.dims);
  const std::vector<double> times = checked_times(field, request);
  std::vector<std::string> names = request.variables;
  if (names.empty()) names.push_back(field.variables.front().name);
  refuse_repeats(names, "variable");
  const std::vector<double> parameters = checked_parameters(field, request.parameters);
  for (const std::string& name : names) {
    const AnalyticVariable& variable = find_variable(field, name);
    for (const double parameter : parameters) {
      const std::string member =
          parameters.size() > 1 ? fmt::format("{} {}={}", name, field.parameter, parameter) : name;
      infos_.push_back({member, "", grid, times, std::nullopt});
      sources_.push_back({variable, parameter});
    }
  }
}

std::vector<float> AnalyticSequence::sample(std::size_t variable, std::size_t step) const {
  if (variable >= infos_.size() || step >= infos_[variable].times.size())
    throw ValueError(fmt::format("there is no variable {} with a time step {}", variable, step));
  const VariableInfo& info = infos_[variable];
  const Source& source = sources_[variable];
  const double time = info.times[step];
  const Dims& n = info.grid.dims;
  std::vector<float> values(n.count());
  parallel_for("sample analytic field", n.y * n.z, [&](std::size_t row) {
    const double y = info.grid.position(1, static_cast<double>(row % n.y));
    const double z = info.grid.position(2, static_cast<double>(row / n.y));
    for (std::size_t i = 0; i < n.x; ++i) {
      const double x = info.grid.position(0, static_cast<double>(i));
      values[row * n.x + i] =
          static_cast<float>(source.variable.value(x, y, z, time, source.parameter));
    }
  });
  return values;
}

}  // namespace stsr
