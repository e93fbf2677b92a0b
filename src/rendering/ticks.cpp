#include "ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stsr {

namespace {

std::vector<double> multiples(double step, double lo, double hi) {
  const double slack = 1e-9 * (hi - lo);
  std::vector<double> ticks;
  const double first = std::ceil((lo - slack) / step);
  const double last = std::floor((hi + slack) / step);
  for (double i = first; i <= last && ticks.size() < 1000; ++i)
    ticks.push_back(i == 0.0 ? 0.0 : i * step);
  return ticks;
}

}  // namespace

std::vector<double> nice_ticks(double lo, double hi, std::size_t max_ticks) {
  double power = std::pow(10.0, std::floor(std::log10((hi - lo) / static_cast<double>(max_ticks))));
  for (int digits = 0; digits < 3; ++digits, power *= 10.0)
    for (const double factor : {1.0, 2.0, 5.0}) {
      auto ticks = multiples(factor * power, lo, hi);
      if (ticks.size() <= max_ticks) return ticks;
    }
  return {lo, hi};
}

std::vector<std::string> tick_texts(const std::vector<double>& ticks) {
  std::vector<std::string> texts;
  double largest = 0.0;
  double step = INFINITY;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    largest = std::max(largest, std::abs(ticks[i]));
    if (i > 0) step = std::min(step, ticks[i] - ticks[i - 1]);
  }
  if (!std::isfinite(step)) step = largest > 0.0 ? largest : 1.0;
  const bool scientific = largest >= 1e6 || (largest > 0.0 && largest < 1e-3);
  const double digits = -std::floor(std::log10(step) + 1e-9);
  const double exponent = largest > 0.0 ? std::floor(std::log10(largest)) : 0.0;
  for (const double tick : ticks) {
    if (scientific && tick != 0.0) {
      texts.push_back(
          fmt::format("{:.{}e}", tick, static_cast<int>(std::clamp(digits + exponent, 0.0, 12.0))));
    } else {
      texts.push_back(fmt::format(
          "{:.{}f}", tick, scientific ? 0 : static_cast<int>(std::clamp(digits, 0.0, 12.0))));
    }
  }
  return texts;
}

}  // namespace stsr
