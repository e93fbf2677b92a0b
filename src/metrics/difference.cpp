#include "stsr/metrics/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "image_size.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr {

namespace {

using Triple = std::array<double, 3>;

// Linear sRGB to XYZ, and XYZ of the white point.
constexpr std::array<Triple, 3> to_xyz{{{0.412453, 0.357580, 0.180423},
                                        {0.212671, 0.715160, 0.072169},
                                        {0.019334, 0.119193, 0.950227}}};
constexpr Triple white{0.95047, 1.0, 1.08883};

// From low to high.
constexpr std::array<Rgb, 5> colours{
    {{128, 0, 128}, {0, 0, 255}, {0, 160, 0}, {255, 255, 0}, {255, 0, 0}}};

/// Linear intensities of the 256 component values.
std::array<double, 256> linear_intensities() {
  std::array<double, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double s = static_cast<double>(i) / 255.0;
    table[i] = s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
  }
  return table;
}

/// u' and v'; 0 for black, which has no hue.
std::array<double, 2> chromaticity(const Triple& xyz) {
  const double sum = xyz[0] + 15.0 * xyz[1] + 3.0 * xyz[2];
  if (sum == 0.0) return {0.0, 0.0};
  return {4.0 * xyz[0] / sum, 9.0 * xyz[1] / sum};
}

double distance_of(const Luv& a, const Luv& b) {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

}  // namespace

Luv luv_of(Rgb colour) {
  static const std::array<double, 256> linear = linear_intensities();
  static const std::array<double, 2> neutral = chromaticity(white);
  Triple xyz{};
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t c = 0; c < 3; ++c) xyz[row] += to_xyz[row][c] * linear[colour[c]];
  const double y = xyz[1] / white[1];
  const double lightness = y > 0.008856 ? 116.0 * std::cbrt(y) - 16.0 : 903.3 * y;
  const auto [u, v] = chromaticity(xyz);
  return {lightness, 13.0 * lightness * (u - neutral[0]), 13.0 * lightness * (v - neutral[1])};
}

Rgb difference_colour(double distance, const DifferenceConfig& config) {
  if (!(config.threshold >= 0.0 && config.threshold < config.highest &&
        std::isfinite(config.highest)))
    throw ValueError(
        fmt::format("a difference image needs 0 <= threshold < highest distance, got {} and {}",
                    config.threshold, config.highest));
  if (distance < config.threshold) return config.background;
  const double steps = static_cast<double>(colours.size() - 1);
  const double place = std::clamp(
      (distance - config.threshold) / (config.highest - config.threshold) * steps, 0.0, steps);
  const auto low = std::min(static_cast<std::size_t>(place), colours.size() - 2);
  Rgb colour{};
  for (std::size_t c = 0; c < 3; ++c)
    colour[c] = static_cast<std::uint8_t>(std::lround(
        std::lerp(static_cast<double>(colours[low][c]), static_cast<double>(colours[low + 1][c]),
                  place - static_cast<double>(low))));
  return colour;
}

ImageDifference difference_image(const Image& truth, const Image& result,
                                 const DifferenceConfig& config) {
  check_same_size(truth, result);
  ImageDifference difference{{truth.width, truth.height, {}}, 0.0, 0.0};
  difference.image.pixels.resize(truth.pixels.size());
  std::vector<double> sums(truth.height);
  std::vector<double> largest(truth.height);
  parallel_for("difference image", truth.height, [&](std::size_t y) {
    for (std::size_t x = 0; x < truth.width; ++x) {
      const double distance = distance_of(luv_of(truth.at(x, y)), luv_of(result.at(x, y)));
      const Rgb colour = difference_colour(distance, config);
      std::copy(colour.begin(), colour.end(), &difference.image.pixels[(y * truth.width + x) * 3]);
      sums[y] += distance;
      largest[y] = std::max(largest[y], distance);
    }
  });
  for (const double sum : sums) difference.mean += sum;
  difference.mean /= static_cast<double>(truth.width) * static_cast<double>(truth.height);
  difference.maximum = *std::max_element(largest.begin(), largest.end());
  return difference;
}

}  // namespace stsr
