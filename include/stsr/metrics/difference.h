#pragma once

#include <array>

#include "stsr/volume/image.h"

namespace stsr {

/// A colour in CIELUV: L* in [0, 100], u* and v* about in [-85, 180], [-135, 110].
using Luv = std::array<double, 3>;

/// CIELUV of an 8-bit sRGB colour, white point D65 of the 2 degree observer:
///
///   c = s / 12.92 where s <= 0.04045, else ((s + 0.055) / 1.055)^2.4        s = component / 255
///   (X, Y, Z) = M c                              M of the primaries of ITU-R BT.709
///   L* = 116 Y^(1/3) - 16 where Y > 0.008856, else 903.3 Y
///   u* = 13 L* (u' - u'_n), u' = 4 X / (X + 15 Y + 3 Z);  v* the same with v' = 9 Y / (...)
///
/// Source: CIE 15:2004, section 8.2.2; scikit-image has the same constants.
[[nodiscard]] Luv luv_of(Rgb colour);

struct DifferenceConfig {
  double threshold = 6.0;         ///< smaller distances show as the background
  double highest = 60.0;          ///< distances from here on are red
  Rgb background{255, 255, 255};  ///< of the difference image
};

/// The colour of a distance: the background below the threshold, then from purple at the threshold
/// over blue, green and yellow, at equal steps and linear between, to red at the highest.
/// @throws ValueError  not 0 <= threshold < highest < infinity.
[[nodiscard]] Rgb difference_colour(double distance, const DifferenceConfig& config);

struct ImageDifference {
  Image image;           ///< difference_colour of every pixel
  double mean = 0.0;     ///< of the distances of all pixels, those below the threshold included
  double maximum = 0.0;  ///< of the same
};

/// Euclidean distance in CIELUV of every pixel of two pictures, 1 being a just noticeable
/// difference of two patches side by side, about.
/// @throws ShapeError  the sizes differ or are 0; ValueError  as difference_colour.
/// Source: Tang & Wang 2024, section 4.3, which gives neither threshold nor highest distance; those
/// of the configuration are ours, and fixed so that pictures of several methods compare.
[[nodiscard]] ImageDifference difference_image(const Image& truth, const Image& result,
                                               const DifferenceConfig& config = {});

}  // namespace stsr
