#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "stsr/base/config_field.h"

namespace stsr {

/// A colour at x; red, green, blue in [0, 1], sRGB.
struct ColourPoint {
  double x = 0.0;
  std::array<double, 3> rgb{};
  bool operator==(const ColourPoint&) const = default;
};

/// An opacity in [0, 1] at x. `midpoint` in (0, 1) and `sharpness` in [0, 1] shape the way to the
/// next point, as in VTK's vtkPiecewiseFunction; (0.5, 0) is a straight line, sharpness 1 a step.
struct OpacityPoint {
  double x = 0.0;
  double opacity = 0.0;
  double midpoint = 0.5;
  double sharpness = 0.0;
  bool operator==(const OpacityPoint&) const = default;
};

/// How colours between two points are mixed, as in VTK's vtkColorTransferFunction.
enum class ColourSpace { rgb, hsv, hsv_wrapped, lab, lab_ciede2000, diverging, step };
template <>
struct EnumNames<ColourSpace> {
  static constexpr std::array<EnumTable<ColourSpace>, 7> values{
      {{ColourSpace::rgb, "rgb"},
       {ColourSpace::hsv, "hsv"},
       {ColourSpace::hsv_wrapped, "hsv-wrapped"},
       {ColourSpace::lab, "lab"},
       {ColourSpace::lab_ciede2000, "lab-ciede2000"},
       {ColourSpace::diverging, "diverging"},
       {ColourSpace::step, "step"}}};
};

/// What the x of the points mean: values in the data's unit, or places in a value range that is
/// given later, 0 its begin and 1 its end.
enum class TransferDomain { values, range };
template <>
struct EnumNames<TransferDomain> {
  static constexpr std::array<EnumTable<TransferDomain>, 2> values{
      {{TransferDomain::values, "values"}, {TransferDomain::range, "range"}}};
};

/// From a value to a colour and an opacity. Values before the first and past the last point take
/// that point's. How much light an opacity takes is said by VolumeStyle (renderer.h).
struct TransferFunction {
  std::string name;
  ColourSpace space = ColourSpace::lab;
  TransferDomain over = TransferDomain::range;
  std::vector<ColourPoint> colours;     // x not descending, at least one
  std::vector<OpacityPoint> opacities;  // x not descending, at least one

  /// The same over the values [lo, hi]: x in [0, 1] become values; with values already, those
  /// between the outermost points are stretched to [lo, hi].
  /// @throws ValueError  lo or hi is not finite, lo >= hi, or all points lie at one value.
  [[nodiscard]] TransferFunction scaled_to(double lo, double hi) const;

  /// @throws ValueError  no point, points in descending order, or a number outside its range.
  void check() const;

  bool operator==(const TransferFunction&) const = default;
};

/// Opacity over a range that leaves its lower part out and shows its high end: 0 up to a third,
/// then rising to 0.6.
[[nodiscard]] std::vector<OpacityPoint> high_end_opacity();

/// Names of the built-in transfer functions.
///   cool-to-warm  blue, grey, red: Moreland, Diverging Color Maps for Scientific Visualization
///                 (2009), with the end colours of its table; opacity shows both ends
///   viridis       van der Walt and Smith, matplotlib 1.5 (CC0), every 32nd of its 256 colours
///   vortex        blue, cyan, green, yellow, red, with three ramps of opacity, as vortices are
///                 usually shown
///   grey          black to white, straight opacity
[[nodiscard]] const std::vector<std::string>& transfer_function_presets();

/// The built-in transfer function called `name`, over a range.
/// @throws ValueError  there is none (with the nearest name).
[[nodiscard]] TransferFunction transfer_function_preset(const std::string& name);

/// Reads a transfer function file, `.toml` (docs/formats.md), or a colour map that ParaView
/// exported, `.json`; the latter is over values, and gets high_end_opacity() over them where it
/// has no opacities.
/// @throws FileError  missing, malformed, or a rule of TransferFunction is broken.
[[nodiscard]] TransferFunction read_transfer_function(const std::filesystem::path& path);

/// The same from the text of a file that messages call `source`.
[[nodiscard]] TransferFunction parse_transfer_function_toml(const std::string& text,
                                                            const std::string& source);
[[nodiscard]] TransferFunction parse_paraview_colour_map(const std::string& text,
                                                         const std::string& source);

}  // namespace stsr
