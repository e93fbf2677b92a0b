#include "picture_painter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/metrics/image_box.h"
#include "stsr/rendering/visibility.h"
#include "stsr/volume/value_range.h"

namespace stsr {

namespace {

/// Of the values that are not missing; 0 and 1 where there is none.
ValueRange range_of(std::span<const float> values) {
  const ValueRange range = finite_range(values);
  return range.holds_values() ? range : ValueRange{0.0, 1.0};
}

template <class Shown>
PictureScene scene_from(const Shown& shown, bool normalised, const ComparedVariable& variable,
                        std::size_t size) {
  PictureScene scene;
  scene.kind = shown.kind;
  scene.step = shown.step;
  scene.transfer_name = shown.transfer_function;
  scene.view.camera.azimuth = shown.azimuth;
  scene.view.camera.elevation = shown.elevation;
  scene.view.camera.zoom = shown.zoom;
  scene.view.size = {size, size};
  scene.view.background = PicturePainter::background;
  scene.view.outline = true;
  const auto [low, high] = range_of(scene_values(variable, shown.step).values);
  scene.isovalue = normalised ? low + (shown.isovalue + 1.0) / 2.0 * (high - low) : shown.isovalue;
  if (scene.kind == PictureKind::isosurface) return scene;
  scene.transfer = transfer_function_named(shown.transfer_function);
  if (scene.transfer.over == TransferDomain::range)
    scene.transfer =
        scene.transfer.scaled_to(low, high > low ? high : low + std::max(1.0, std::abs(low)));
  return scene;
}

}  // namespace

std::string PictureScene::text() const {
  const Camera& camera = view.camera;
  std::string text = fmt::format("{} {} {} {} {} {} {}", enum_name(kind), transfer_name, isovalue,
                                 camera.azimuth, camera.elevation, camera.zoom, view.size.width);
  for (const ColourPoint& point : transfer.colours)
    text += fmt::format(" {} {}", point.x, fmt::join(point.rgb, " "));
  for (const OpacityPoint& point : transfer.opacities)
    text += fmt::format(" {} {} {} {}", point.x, point.opacity, point.midpoint, point.sharpness);
  return text;
}

SceneValues scene_values(const ComparedVariable& variable, std::size_t step) {
  if (const Dataset* truth = variable.data->truth(); truth != nullptr) {
    const std::size_t index = variable.truth_index();
    const VariableInfo& info = truth->variables()[index];
    return {info.grid.dims, repacked(truth->read(index, step), info.packing, {})};
  }
  const OutputGrid grid =
      output_grid(variable.coarse_info(), variable.data->output_request(variable.name()));
  const std::size_t nearest = nearest_step(variable.coarse_info().times, grid.times[step]);
  const VariableInfo& info = variable.coarse_info();
  return {info.grid.dims,
          repacked(variable.data->coarse().read(variable.index, nearest), info.packing, {})};
}

bool shows_nothing(const PictureScene& scene, const SceneValues& shown) {
  return scene.kind == PictureKind::isosurface
             ? isosurface_is_empty(shown.dims, shown.values, scene.isovalue)
             : volume_is_transparent(shown.values, scene.transfer);
}

PictureScene scene_of(const ComparedPicture& picture, const ComparedVariable& variable,
                      std::size_t size) {
  return scene_from(picture, picture.normalised, variable, size);
}

PictureScene scene_of(const ComparedBlend& blend, const ComparedVariable& variable,
                      std::size_t size) {
  return scene_from(blend, false, variable, size);
}

TransferFunction transfer_function_named(const std::string& name) {
  const bool is_file = name.find('.') != std::string::npos;
  return is_file ? read_transfer_function(name) : transfer_function_preset(name);
}

std::optional<ColourLegend> legend_of(const PictureScene& scene, const ComparedVariable& variable) {
  if (scene.kind != PictureKind::volume) return std::nullopt;
  const std::string& unit = variable.coarse_info().unit;
  return ColourLegend{scene.transfer,
                      unit.empty() ? variable.key : fmt::format("{} ({})", variable.key, unit)};
}

Image framed(const Image& image, std::span<const double> box) {
  if (box.size() != 4) return image;
  const auto pixels = [](double share, std::size_t size) {
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(size)));
  };
  PixelBox part{pixels(box[0], image.width), pixels(box[1], image.height),
                pixels(box[2], image.width), pixels(box[3], image.height)};
  part.width =
      std::clamp<std::size_t>(part.width, 1, image.width - std::min(part.x, image.width - 1));
  part.height =
      std::clamp<std::size_t>(part.height, 1, image.height - std::min(part.y, image.height - 1));
  const std::size_t factor = std::max<std::size_t>(1, image.width / 2 / part.width);
  const std::array<ZoomBox, 1> zooms{ZoomBox{part, factor, ZoomPlace::below, Rgb{214, 39, 40}}};
  return with_zooms(image, zooms);
}

std::vector<ComparedVariable> chosen_variables(const MethodResult& method,
                                               const std::vector<ComparedVariable>& all) {
  std::vector<ComparedVariable> chosen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (method.variables[i].exists) chosen.push_back(all[i]);
  return chosen;
}

Image PicturePainter::draw(const PictureScene& scene, const Grid& grid,
                           std::span<const float> values) {
  const Image image = scene.kind == PictureKind::volume
                          ? renderer_.volume(grid, values, scene.transfer, scene.view)
                          : renderer_.isosurface(grid, values, scene.isovalue, surface, scene.view);
  return cropped(image, frame_of(scene, grid));
}

PixelBox PicturePainter::frame_of(const PictureScene& scene, const Grid& grid) {
  // The outline of the grid, which every picture of the scene has.
  const std::vector<float> missing(grid.dims.count(), std::numeric_limits<float>::quiet_NaN());
  const Image outline = renderer_.isosurface(grid, missing, scene.isovalue, surface, scene.view);
  PixelBox box = common_box(std::span(&outline, 1), background);
  const std::size_t margin = scene.view.size.width / 32;
  const std::size_t left = std::min(margin, box.x);
  const std::size_t top = std::min(margin, box.y);
  return {box.x - left, box.y - top,
          std::min(box.width + left + margin, outline.width - (box.x - left)),
          std::min(box.height + top + margin, outline.height - (box.y - top))};
}

}  // namespace stsr
