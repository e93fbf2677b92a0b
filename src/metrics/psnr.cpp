#include "stsr/metrics/psnr.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

constexpr std::size_t block_size = 4096;

ErrorSums block_sums(std::span<const float> truth, std::span<const float> predicted) {
  ErrorSums sums;
  sums.low = std::numeric_limits<double>::infinity();
  sums.high = -sums.low;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double t = truth[i];
    const double p = predicted[i];
    if (!std::isfinite(t)) {
      ++sums.missing_in_truth;
      continue;
    }
    sums.low = std::min(sums.low, t);
    sums.high = std::max(sums.high, t);
    if (!std::isfinite(p)) {
      ++sums.missing_in_result;
      continue;
    }
    ++sums.compared;
    sums.squared_error += (p - t) * (p - t);
  }
  return sums;
}

ErrorSums merged(const ErrorSums& a, const ErrorSums& b) {
  return {a.compared + b.compared,
          a.missing_in_truth + b.missing_in_truth,
          a.missing_in_result + b.missing_in_result,
          std::min(a.low, b.low),
          std::max(a.high, b.high),
          a.squared_error + b.squared_error};
}

}  // namespace

ErrorSums compare_volumes(std::span<const float> truth, std::span<const float> predicted) {
  if (truth.size() != predicted.size() || truth.empty())
    throw ShapeError(
        fmt::format("the truth has {} values and the result {}; both need the same number, above 0",
                    truth.size(), predicted.size()));
  std::vector<ErrorSums> sums(ceil_divide(truth.size(), block_size));
  parallel_for("compare volumes", sums.size(), [&](std::size_t b) {
    const std::size_t begin = b * block_size;
    const std::size_t count = std::min(block_size, truth.size() - begin);
    sums[b] = block_sums(truth.subspan(begin, count), predicted.subspan(begin, count));
  });
  for (std::size_t width = 1; width < sums.size(); width *= 2)
    for (std::size_t b = 0; b + width < sums.size(); b += 2 * width)
      sums[b] = merged(sums[b], sums[b + width]);
  ErrorSums total = sums.front();
  if (total.low > total.high) total.low = total.high = 0.0;
  return total;
}

double psnr_of(const ErrorSums& sums) {
  if (sums.compared == 0 || sums.low == sums.high) return std::numeric_limits<double>::quiet_NaN();
  const double mean = sums.squared_error / static_cast<double>(sums.compared);
  return 20.0 * std::log10(sums.high - sums.low) - 10.0 * std::log10(mean);
}

double normalised_psnr_of(const ErrorSums& sums) {
  if (sums.compared == 0 || sums.low == sums.high) return std::numeric_limits<double>::quiet_NaN();
  const double scale = 2.0 / (sums.high - sums.low);
  const double mean = scale * scale * sums.squared_error / static_cast<double>(sums.compared);
  return 20.0 * std::log10(2.0) - 10.0 * std::log10(mean);
}

double psnr(std::span<const float> truth, std::span<const float> predicted) {
  const ErrorSums sums = compare_volumes(truth, predicted);
  if (sums.low == sums.high)
    throw ValueError(fmt::format(
        "the truth {}, so its peak and the PSNR are undefined; leave this step out",
        sums.missing_in_truth == truth.size() ? std::string("holds no value")
                                              : fmt::format("is constant ({})", sums.low)));
  return sums.missing_in_result > 0 ? std::numeric_limits<double>::quiet_NaN() : psnr_of(sums);
}

}  // namespace stsr
