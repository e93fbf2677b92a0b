#include "stsr/rendering/renderer.h"

#include <fmt/format.h>
#include <vtkActor.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkOpenGLGPUVolumeRayCastMapper.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkShaderProperty.h>
#include <vtkVolume.h>
#include <vtkVolumeProperty.h>

#include <algorithm>
#include <cmath>

#include "drawing_space.h"
#include "missing_values.h"
#include "scene.h"
#include "stsr/base/error.h"
#include "transfer.h"

namespace stsr {

namespace {

void check_volume(const Grid& grid, std::span<const float> values) {
  const Dims& dims = grid.dims;
  if (values.size() != dims.count())
    throw ShapeError(fmt::format("a grid of {} x {} x {} has {} values, got {}", dims.x, dims.y,
                                 dims.z, dims.count(), values.size()));
  if (dims.x < 2 || dims.y < 2 || dims.z < 2)
    throw ShapeError(fmt::format(
        "a picture of a volume needs 2 samples or more along each axis, got {} x {} x {}", dims.x,
        dims.y, dims.z));
}

double smallest_spacing(const Grid& grid) {
  return std::min(
      {std::abs(grid.spacing[0]), std::abs(grid.spacing[1]), std::abs(grid.spacing[2])});
}

double diagonal(const Grid& grid) {
  double length[3];
  for (std::size_t axis = 0; axis < 3; ++axis)
    length[axis] = grid.spacing[axis] * static_cast<double>(grid.dims[axis] - 1);
  return std::hypot(length[0], length[1], length[2]);
}

template <class Material>
void set_material(Material& material, const Lighting& light) {
  material.SetAmbient(light.on ? light.ambient : 1.0);
  material.SetDiffuse(light.on ? light.diffuse : 0.0);
  material.SetSpecular(light.on ? light.specular : 0.0);
  material.SetSpecularPower(light.specular_power);
}

}  // namespace

struct Renderer::State {
  Scene scene;
};

Renderer::Renderer() : state_(std::make_unique<State>()) {}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Image Renderer::volume(const Grid& grid, std::span<const float> values,
                       const TransferFunction& transfer, const View& view,
                       const VolumeStyle& style) {
  check_volume(grid, values);
  check_view(view);
  transfer.check();
  if (transfer.over != TransferDomain::values)
    throw ValueError(
        "a volume is drawn with a transfer function over values, and this one is over a range; "
        "scale it to the data's range first");
  for (const double length : {style.opacity_length, style.sample_distance})
    if (!(length > 0.0 && std::isfinite(length)))
      throw ValueError(
          fmt::format("opacity length and sample distance must be above 0, got {}", length));

  const Grid drawn = drawn_grid(grid);
  const DrawnScale scale = scale_of(transfer, values);
  const FilledVolume filled = fill_missing(drawn, values, scale);
  vtkNew<vtkVolumeProperty> property;
  property->SetColor(vtk_colours(transfer, scale));
  property->SetScalarOpacity(vtk_opacities(transfer, scale));
  property->SetScalarOpacityUnitDistance(style.opacity_length * diagonal(drawn));
  property->SetInterpolationTypeToLinear();
  property->SetShade(view.lighting.on ? 1 : 0);
  set_material(*property.Get(), view.lighting);

  vtkNew<vtkOpenGLGPUVolumeRayCastMapper> mapper;
  mapper->SetInputData(filled.image);
  if (filled.mask != nullptr) {
    mapper->SetMaskInput(filled.mask);
    mapper->SetMaskTypeToBinary();
  }
  mapper->SetBlendModeToComposite();
  mapper->AutoAdjustSampleDistancesOff();
  mapper->SetImageSampleDistance(1.0F);
  mapper->SetUseJittering(0);
  mapper->SetSampleDistance(static_cast<float>(style.sample_distance * smallest_spacing(drawn)));
  vtkNew<vtkVolume> volume;
  volume->SetMapper(mapper);
  volume->SetProperty(property);
  // With a light that is not at the viewer, VTK 9.1 adds the light's ambient colour without the
  // volume's: grey fog. In its shader we put the volume's colour there, as for headlights.
  volume->GetShaderProperty()->AddFragmentShaderReplacement(
      "in_ambient[component] * ambient +", false, "in_ambient[component] * color.rgb +", true);
  return state_->scene.draw(drawn, volume, view);
}

Image Renderer::isosurface(const Grid& grid, std::span<const float> values, double isovalue,
                           Rgb colour, const View& view) {
  check_volume(grid, values);
  check_view(view);
  if (!std::isfinite(isovalue))
    throw ValueError(fmt::format("an isovalue must be finite, got {}", isovalue));

  const Grid drawn = drawn_grid(grid);
  const FilledVolume filled = fill_missing(drawn, values, scale_around(isovalue, values));
  vtkNew<vtkFlyingEdges3D> contour;
  contour->SetInputData(filled.image);
  contour->SetValue(0, 0.0);
  contour->ComputeNormalsOn();
  contour->ComputeGradientsOff();
  contour->ComputeScalarsOff();
  contour->Update();
  vtkPolyData* surface = contour->GetOutput();
  if (filled.mask != nullptr) remove_at_missing(*surface, drawn, values);
  if (surface->GetNumberOfCells() == 0) return state_->scene.draw(drawn, nullptr, view);

  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(surface);
  mapper->ScalarVisibilityOff();
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  vtkProperty& property = *actor->GetProperty();
  property.SetColor(colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
  property.SetLighting(view.lighting.on);
  property.SetInterpolationToPhong();
  set_material(property, view.lighting);
  property.SetSpecularColor(1.0, 1.0, 1.0);
  property.SetAmbientColor(colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
  return state_->scene.draw(drawn, actor, view);
}

}  // namespace stsr
