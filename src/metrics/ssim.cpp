#include "stsr/metrics/ssim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "image_size.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/shape.h"
#include "stsr/metrics/psnr.h"

namespace stsr {

namespace {

/// A patch has at most so many rows and planes of windows. Fixed, so that sums have the same bits
/// for any number of threads.
constexpr std::size_t patch_size = 32;

/// What is averaged over a window: t, r, t^2, r^2 and t r.
constexpr std::size_t moments = 5;

using Lines = std::array<const double*, SsimWindow::taps>;

/// Gaussian weights of a window along an axis of n samples: the largest odd number of taps that
/// fits, at most 11.
std::vector<double> window_weights(std::size_t n) {
  const std::size_t taps = std::min(SsimWindow::taps, n % 2 == 1 ? n : n - 1);
  std::vector<double> weights(taps);
  double sum = 0.0;
  const std::size_t middle = taps / 2;
  for (std::size_t k = 0; k < taps; ++k) {
    const double distance = static_cast<double>(k) - static_cast<double>(middle);
    weights[k] = std::exp(-0.5 * distance * distance / (SsimWindow::sigma * SsimWindow::sigma));
    sum += weights[k];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// out[i] = sum over k of weights[k] lines[k][i], in pairs of the same weight.
void weighted_sum(const std::vector<double>& weights, const Lines& lines, std::size_t n,
                  double* out) {
  const std::size_t middle = weights.size() / 2;
  for (std::size_t i = 0; i < n; ++i) out[i] = weights[middle] * lines[middle][i];
  for (std::size_t k = 0; k < middle; ++k) {
    const double weight = weights[k];
    const double* a = lines[k];
    const double* b = lines[weights.size() - 1 - k];
    for (std::size_t i = 0; i < n; ++i) out[i] += weight * (a[i] + b[i]);
  }
}

struct Comparison {
  Dims dims;
  std::span<const float> truth;
  std::span<const float> result;
  double offset;  ///< taken off all values: variances of large values lose digits otherwise
  double c1;
  double c2;
  std::array<std::vector<double>, 3> weights;  ///< along x, y, z
  Dims windows;                                ///< windows along x, y, z
};

struct Sum {
  double value = 0.0;
  std::size_t count = 0;
};

/// The windows of rows [row, row + rows) and planes [plane, plane + planes).
struct WindowPatch {
  std::size_t row;
  std::size_t rows;
  std::size_t plane;
  std::size_t planes;
};

/// Filters the planes of one patch along x and y, keeps as many as a window is deep, and filters
/// these along z.
class PatchFilter {
 public:
  PatchFilter(const Comparison& comparison, const WindowPatch& patch)
      : c_(comparison),
        patch_(patch),
        width_(comparison.windows.x),
        input_rows_(patch.rows + comparison.weights[1].size() - 1),
        line_(moments * comparison.dims.x),
        along_x_(moments * input_rows_ * width_),
        planes_(comparison.weights[2].size() * moments * patch.rows * width_),
        window_(moments * width_) {}

  [[nodiscard]] Sum sum() {
    Sum total;
    const std::size_t depth = c_.weights[2].size();
    for (std::size_t i = 0; i < patch_.planes + depth - 1; ++i) {
      filter_plane(patch_.plane + i, i % depth);
      if (i + 1 < depth) continue;
      for (std::size_t row = 0; row < patch_.rows; ++row) add_windows(i + 1 - depth, row, total);
    }
    return total;
  }

 private:
  /// t, r, t^2, r^2, t r of one line of samples; NaN, which the sums carry into every window that
  /// has the sample, where either is missing.
  void load_line(std::size_t y, std::size_t z) {
    const std::size_t n = c_.dims.x;
    const std::size_t first = (z * c_.dims.y + y) * n;
    for (std::size_t x = 0; x < n; ++x) {
      double t = c_.truth[first + x];
      double r = c_.result[first + x];
      if (!std::isfinite(t) || !std::isfinite(r)) t = r = std::numeric_limits<double>::quiet_NaN();
      t -= c_.offset;
      r -= c_.offset;
      line_[x] = t;
      line_[n + x] = r;
      line_[2 * n + x] = t * t;
      line_[3 * n + x] = r * r;
      line_[4 * n + x] = t * r;
    }
  }

  void filter_plane(std::size_t z, std::size_t slot) {
    Lines lines{};
    for (std::size_t row = 0; row < input_rows_; ++row) {
      load_line(patch_.row + row, z);
      for (std::size_t m = 0; m < moments; ++m) {
        for (std::size_t k = 0; k < c_.weights[0].size(); ++k) lines[k] = &line_[m * c_.dims.x + k];
        weighted_sum(c_.weights[0], lines, width_, &along_x_[(m * input_rows_ + row) * width_]);
      }
    }
    for (std::size_t m = 0; m < moments; ++m)
      for (std::size_t row = 0; row < patch_.rows; ++row) {
        for (std::size_t k = 0; k < c_.weights[1].size(); ++k)
          lines[k] = &along_x_[(m * input_rows_ + row + k) * width_];
        weighted_sum(c_.weights[1], lines, width_, filtered(slot, m, row));
      }
  }

  double* filtered(std::size_t slot, std::size_t m, std::size_t row) {
    return &planes_[((slot * moments + m) * patch_.rows + row) * width_];
  }

  /// Adds the similarity of the windows of one row whose first plane is `first` of the patch.
  void add_windows(std::size_t first, std::size_t row, Sum& total) {
    const std::size_t depth = c_.weights[2].size();
    for (std::size_t m = 0; m < moments; ++m) {
      Lines lines{};
      for (std::size_t k = 0; k < depth; ++k) lines[k] = filtered((first + k) % depth, m, row);
      weighted_sum(c_.weights[2], lines, width_, &window_[m * width_]);
    }
    for (std::size_t x = 0; x < width_; ++x) {
      const double similarity = of_window(window_[x], window_[width_ + x], window_[2 * width_ + x],
                                          window_[3 * width_ + x], window_[4 * width_ + x]);
      if (std::isnan(similarity)) continue;
      total.value += similarity;
      ++total.count;
    }
  }

  [[nodiscard]] double of_window(double t, double r, double tt, double rr, double tr) const {
    const double mu_t = t + c_.offset;
    const double mu_r = r + c_.offset;
    // Rounding can make the variance of a result far outside the truth's range negative.
    const double variances = std::max(tt - t * t, 0.0) + std::max(rr - r * r, 0.0);
    return (2.0 * mu_t * mu_r + c_.c1) * (2.0 * (tr - t * r) + c_.c2) /
           ((mu_t * mu_t + mu_r * mu_r + c_.c1) * (variances + c_.c2));
  }

  const Comparison& c_;
  WindowPatch patch_;
  std::size_t width_;
  std::size_t input_rows_;
  std::vector<double> line_;     // [moments][nx]
  std::vector<double> along_x_;  // [moments][input rows][windows along x]
  std::vector<double> planes_;   // [depth][moments][rows][windows along x]
  std::vector<double> window_;   // [moments][windows along x]
};

/// The mean over all windows, with low and high of the value range L = high - low > 0.
std::optional<double> mean_similarity(const Dims& dims, std::span<const float> truth,
                                      std::span<const float> result, double low, double high) {
  const double c1 = SsimWindow::k1 * (high - low);
  const double c2 = SsimWindow::k2 * (high - low);
  Comparison comparison{dims,
                        truth,
                        result,
                        0.5 * (low + high),
                        c1 * c1,
                        c2 * c2,
                        {window_weights(dims.x), window_weights(dims.y), window_weights(dims.z)},
                        {}};
  comparison.windows = {dims.x + 1 - comparison.weights[0].size(),
                        dims.y + 1 - comparison.weights[1].size(),
                        dims.z + 1 - comparison.weights[2].size()};
  const std::size_t across = ceil_divide(comparison.windows.y, patch_size);
  std::vector<Sum> sums(across * ceil_divide(comparison.windows.z, patch_size));
  parallel_for("ssim", sums.size(), [&](std::size_t i) {
    const std::size_t row = i % across * patch_size;
    const std::size_t plane = i / across * patch_size;
    sums[i] = PatchFilter(comparison, {row, std::min(patch_size, comparison.windows.y - row), plane,
                                       std::min(patch_size, comparison.windows.z - plane)})
                  .sum();
  });
  Sum total;
  for (const Sum& sum : sums) {
    total.value += sum.value;
    total.count += sum.count;
  }
  if (total.count == 0) return std::nullopt;
  return total.value / static_cast<double>(total.count);
}

}  // namespace

std::optional<double> ssim(const Dims& dims, std::span<const float> truth,
                           std::span<const float> result) {
  if (truth.size() != dims.count() || result.size() != dims.count() || truth.empty())
    throw ShapeError(fmt::format(
        "the truth has {} values and the result {}; both need the {} x {} x {} of their grid",
        truth.size(), result.size(), dims.x, dims.y, dims.z));
  const ErrorSums range = compare_volumes(truth, result);
  if (range.low == range.high) return std::nullopt;
  return mean_similarity(dims, truth, result, range.low, range.high);
}

double ssim(const Image& truth, const Image& result) {
  check_same_size(truth, result);
  const Dims dims{truth.width, truth.height, 1};
  std::vector<float> t(dims.count());
  std::vector<float> r(dims.count());
  double sum = 0.0;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t i = 0; i < t.size(); ++i) {
      t[i] = truth.pixels[3 * i + channel];
      r[i] = result.pixels[3 * i + channel];
    }
    sum += mean_similarity(dims, t, r, 0.0, 255.0).value();
  }
  return sum / 3.0;
}

}  // namespace stsr
