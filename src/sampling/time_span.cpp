#include "stsr/sampling/time_span.h"

#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr {

std::array<double, 2> time_span(const VariableInfo& info, double scale) {
  const std::vector<double>& times = info.reduction ? info.reduction->full_times : info.times;
  if (times.empty()) throw ValueError(fmt::format("variable '{}' has no time step", info.name));
  if (scale == 1.0) return {times.front(), times.back()};
  const double middle = 0.5 * (times.front() + times.back());
  const double half = 0.5 * (times.back() - times.front()) / scale;
  return {middle - half, middle + half};
}

double network_time(const std::array<double, 2>& span, double time) {
  return span[0] == span[1] ? 0.0 : 2.0 * ((time - span[0]) / (span[1] - span[0])) - 1.0;
}

}  // namespace stsr
