#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comparison_results.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/renderer.h"
#include "stsr/rendering/transfer_function.h"

namespace stsr {

/// How a volume is shown, the same for the truth and all methods.
struct PictureScene {
  PictureKind kind = PictureKind::volume;
  std::size_t step = 0;
  TransferFunction transfer;  ///< over values
  double isovalue = 0.0;      ///< in the data's unit
  View view;

  /// Tells it from other scenes, but for the time step.
  [[nodiscard]] std::string text() const;

  std::string transfer_name;  ///< as the configuration says it
};

/// What the ranges of scenes are taken from: the truth's time step, or else the nearest coarse one.
struct SceneValues {
  Dims dims;
  std::vector<float> values;
};
[[nodiscard]] SceneValues scene_values(const ComparedVariable& variable, std::size_t step);

/// True where a picture of these values would show nothing.
[[nodiscard]] bool shows_nothing(const PictureScene& scene, const SceneValues& shown);

/// The scene of a picture: colours over the value range of the truth's time step (where there is no
/// truth, of the nearest coarse one), unless the transfer function is over values already.
[[nodiscard]] PictureScene scene_of(const ComparedPicture& picture,
                                    const ComparedVariable& variable, std::size_t size);
[[nodiscard]] PictureScene scene_of(const ComparedBlend& blend, const ComparedVariable& variable,
                                    std::size_t size);

/// A preset, or a file. @throws ValueError, FileError
[[nodiscard]] TransferFunction transfer_function_named(const std::string& name);

/// Of a volume's scene; none for isosurfaces.
[[nodiscard]] std::optional<ColourLegend> legend_of(const PictureScene& scene,
                                                    const ComparedVariable& variable);

/// The picture with the part `box` (left, top, width, height as shares of it) enlarged below it;
/// the picture itself where the box is empty.
[[nodiscard]] Image framed(const Image& image, std::span<const double> box);

/// The variables that a method was run on.
[[nodiscard]] std::vector<ComparedVariable> chosen_variables(
    const MethodResult& method, const std::vector<ComparedVariable>& all);

/// Draws scenes, without the empty space around the grid.
class PicturePainter {
 public:
  static constexpr Rgb background{255, 255, 255};
  static constexpr Rgb surface{158, 180, 205};

  /// @throws ValueError  as Renderer.
  PicturePainter() = default;

  /// The scene's time step of a variable of a data set.
  [[nodiscard]] Image draw(const PictureScene& scene, const Dataset& data, std::size_t variable) {
    return draw(scene, data.variables()[variable].grid, data.read(variable, scene.step));
  }
  [[nodiscard]] Image draw(const PictureScene& scene, const Grid& grid,
                           std::span<const float> values);

 private:
  /// What a picture of this grid is cropped to: its outline with a margin.
  [[nodiscard]] PixelBox frame_of(const PictureScene& scene, const Grid& grid);

  Renderer renderer_;
};

}  // namespace stsr
