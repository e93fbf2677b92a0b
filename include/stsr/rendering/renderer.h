#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "stsr/base/config_field.h"
#include "stsr/rendering/transfer_function.h"
#include "stsr/volume/grid.h"
#include "stsr/volume/image.h"

namespace stsr {

enum class Projection { parallel, perspective };
template <>
struct EnumNames<Projection> {
  static constexpr std::array<EnumTable<Projection>, 2> values{
      {{Projection::parallel, "parallel"}, {Projection::perspective, "perspective"}}};
};

/// From where a volume is viewed. With all angles 0, x points to the right, y up and z to the
/// viewer. What is visible depends on the grid's extent alone, never on values: at zoom 1 the whole
/// box of the grid with a small margin, its centre in the middle of the picture.
struct Camera {
  double azimuth = 0.0;    ///< degrees; the viewer walks to the right around the y axis
  double elevation = 0.0;  ///< degrees; then up
  double roll = 0.0;       ///< degrees; then the picture turns anticlockwise
  double zoom = 1.0;       ///< above 0; 2 shows things twice as large
  Projection projection = Projection::perspective;
  double view_angle = 30.0;  ///< degrees in (0, 170], of the picture's height; perspective only

  bool operator==(const Camera&) const = default;
};

/// Blinn-Phong light from one direction, in coordinates of the picture: x right, y up, z to the
/// viewer. Factors in [0, 1]. Without light, colours are those of the transfer function.
struct Lighting {
  bool on = true;
  std::array<double, 3> towards_light{-0.4, 0.5, 1.0};
  double ambient = 0.5;
  double diffuse = 0.6;
  double specular = 0.15;
  double specular_power = 20.0;
};

struct PictureSize {
  std::size_t width = 512;
  std::size_t height = 512;
  bool operator==(const PictureSize&) const = default;
};

/// All about a picture but what is in it.
struct View {
  Camera camera;
  PictureSize size;
  Lighting lighting;
  Rgb background{255, 255, 255};
  bool outline = false;  ///< draw the edges of the grid's box
  Rgb outline_colour{110, 110, 110};
};

/// How a volume is cast through.
struct VolumeStyle {
  /// An opacity o takes the part o of the light along this length, in diagonals of the grid's box,
  /// and 1 - (1 - o)^(s/length) along s: pictures do not depend on the number of samples.
  double opacity_length = 0.01;
  /// Distance of samples along a ray, in the grid's smallest spacing.
  double sample_distance = 0.5;
};

/// Draws volumes without a display: VTK in an OpenGL context of our own (EGL on Mesa's surfaceless
/// platform), so no X server is needed or asked. The same input gives the same bits on one machine
/// and driver; the same data in other units, or with another origin, look the same. Not for several
/// threads at once.
class Renderer {
 public:
  /// @throws ValueError  built without VTK, or there is no OpenGL 3.2 through EGL here.
  Renderer();
  ~Renderer();
  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;

  /// Direct volume rendering (emission and absorption, front to back, trilinear interpolation,
  /// colours mapped after interpolation).
  /// @param values    [nz*ny*nx], x fastest; NaN or infinite: transparent, half a cell around.
  /// @param transfer  over values (TransferFunction::scaled_to).
  /// @throws ShapeError  `values` has another length than the grid, or an axis has one sample only.
  /// @throws ValueError  an option is out of its range, `transfer` is over a range, or an edge of
  /// the grid is more than 1e5 times as long as another.
  [[nodiscard]] Image volume(const Grid& grid, std::span<const float> values,
                             const TransferFunction& transfer, const View& view,
                             const VolumeStyle& style = {});

  /// The surface where the trilinearly interpolated values are `isovalue` (flying edges). Cells
  /// with a NaN have none. No surface at all gives the background: that is a result, not an error.
  /// @throws ShapeError, ValueError  as above; `isovalue` is not finite.
  [[nodiscard]] Image isosurface(const Grid& grid, std::span<const float> values, double isovalue,
                                 Rgb colour, const View& view);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stsr
