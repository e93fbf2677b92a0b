#include "scene.h"

#include <fmt/format.h>
#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCellArray.h>
#include <vtkLight.h>
#include <vtkOutputWindow.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "camera_fit.h"
#include "stsr/base/error.h"
#include "stsr/io/message_capture.h"

namespace stsr {

namespace {

constexpr std::size_t longest_side = 8192;

/// What the window asks of the one who owns its context, and what it complains about.
void answer(vtkObject*, unsigned long event, void* context, void* data) {
  const auto* own = static_cast<const GlContext*>(context);
  if (event == vtkCommand::WindowMakeCurrentEvent)
    own->make_current();
  else if (event == vtkCommand::WindowIsCurrentEvent)
    *static_cast<bool*>(data) = own->is_current();
  else if (event == vtkCommand::WindowSupportsOpenGLEvent ||
           event == vtkCommand::WindowIsDirectEvent)
    *static_cast<int*>(data) = 1;
  else if (const auto* text = static_cast<const char*>(data);
           text != nullptr && std::string_view(text).find("GLEW") == std::string_view::npos)
    vtkOutputWindowDisplayErrorText(text);
  // What is left is GLEW's: it finds OpenGL's functions, then no X display, and calls that a
  // failure.
}

void require(bool holds, const char* rule, double value) {
  if (!holds) throw ValueError(fmt::format("{}, got {}", rule, value));
}

/// The grid's box, a little larger, so that its edges do not fight with what reaches them.
std::array<double, 6> box_of(const Grid& grid) {
  constexpr double larger = 0.002;
  std::array<double, 6> bounds{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double last = static_cast<double>(grid.dims[axis] - 1);
    bounds[2 * axis] = grid.position(axis, -larger * last);
    bounds[2 * axis + 1] = grid.position(axis, (1.0 + larger) * last);
  }
  return bounds;
}

/// True if the viewer is on the outer side of the face of the box at bounds[2*axis + end].
bool sees_face(const std::array<double, 6>& box, const CameraFit& fit, std::size_t axis,
               std::size_t end) {
  const double outwards = end == 0 ? -1.0 : 1.0;
  if (fit.parallel) return outwards * fit.towards[axis] > 0.0;
  const double eye = fit.centre[axis] + fit.distance * fit.towards[axis];
  return outwards * (eye - box[2 * axis + end]) > 0.0;
}

/// The edges of the box that have a face towards the viewer (`front`), or the others: what is in
/// the box can hide only the others.
vtkNew<vtkActor> edges_of(const std::array<double, 6>& box, const CameraFit& fit, bool front,
                          Rgb colour) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t corner = 0; corner < 4; ++corner) {
      const std::size_t b = (axis + 1) % 3;
      const std::size_t c = (axis + 2) % 3;
      const std::size_t at_b = corner & 1U;
      const std::size_t at_c = corner >> 1U;
      if ((sees_face(box, fit, b, at_b) || sees_face(box, fit, c, at_c)) != front) continue;
      lines->InsertNextCell(2);
      for (std::size_t end = 0; end < 2; ++end) {
        double point[3];
        point[axis] = box[2 * axis + end];
        point[b] = box[2 * b + at_b];
        point[c] = box[2 * c + at_c];
        lines->InsertCellPoint(points->InsertNextPoint(point));
      }
    }
  vtkNew<vtkPolyData> edges;
  edges->SetPoints(points);
  edges->SetLines(lines);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(edges);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
  actor->GetProperty()->LightingOff();
  actor->GetProperty()->SetLineWidth(1.5F);
  return actor;
}

/// VTK's rows run from bottom to top.
Image picture_of(vtkRenderWindow& window, PictureSize size) {
  vtkNew<vtkUnsignedCharArray> pixels;
  window.GetPixelData(0, 0, static_cast<int>(size.width) - 1, static_cast<int>(size.height) - 1, 0,
                      pixels);
  Image image{size.width, size.height, std::vector<std::uint8_t>(size.width * size.height * 3)};
  const std::size_t row = size.width * 3;
  for (std::size_t y = 0; y < size.height; ++y)
    std::copy_n(pixels->GetPointer(0) + (size.height - 1 - y) * row, row,
                image.pixels.begin() + static_cast<std::ptrdiff_t>(y * row));
  return image;
}

}  // namespace

void check_view(const View& view) {
  const Camera& camera = view.camera;
  for (const double angle : {camera.azimuth, camera.elevation, camera.roll})
    require(std::isfinite(angle), "the angles of a camera must be finite", angle);
  require(camera.zoom > 0.0 && std::isfinite(camera.zoom), "a camera's zoom must be above 0",
          camera.zoom);
  require(camera.view_angle > 0.0 && camera.view_angle <= 170.0,
          "a camera's view angle must be above 0 and at most 170 degrees", camera.view_angle);
  const Lighting& light = view.lighting;
  for (const double factor : {light.ambient, light.diffuse, light.specular})
    require(factor >= 0.0 && factor <= 1.0, "the factors of the lighting must be in [0, 1]",
            factor);
  require(light.specular_power > 0.0 && light.specular_power <= 1000.0,
          "the specular power must be above 0 and at most 1000", light.specular_power);
  const auto& to = light.towards_light;
  const double length = std::hypot(to[0], to[1], to[2]);
  require(length > 0.0 && std::isfinite(length), "the direction to the light must have a length",
          length);
  for (const std::size_t side : {view.size.width, view.size.height})
    if (side == 0 || side > longest_side)
      throw ValueError(fmt::format("the sides of a picture must be 1 to {} pixels, got {} x {}",
                                   longest_side, view.size.width, view.size.height));
}

Scene::Scene() {
  const MessageCapture messages;
  vtkNew<vtkCallbackCommand> callback;
  callback->SetCallback(answer);
  callback->SetClientData(&context_);
  for (const auto event : {vtkCommand::WindowMakeCurrentEvent, vtkCommand::WindowIsCurrentEvent,
                           vtkCommand::WindowSupportsOpenGLEvent, vtkCommand::WindowIsDirectEvent,
                           vtkCommand::ErrorEvent, vtkCommand::WarningEvent})
    window_->AddObserver(event, callback);
  window_->SetOwnContext(0);
  window_->SetFrameBlitModeToNoBlit();
  window_->SetMultiSamples(8);
  if (!window_->InitializeFromCurrentContext())
    throw ValueError("pictures need OpenGL 3.2, and VTK refused the context: " + messages.first());
  window_->SetReadyForRendering(true);
}

Scene::~Scene() {
  const MessageCapture messages;
  context_.make_current();
  window_->Finalize();
}

Image Scene::draw(const Grid& grid, vtkProp* prop, const View& view) {
  const MessageCapture messages;
  context_.make_current();
  window_->SetSize(static_cast<int>(view.size.width), static_cast<int>(view.size.height));
  vtkNew<vtkRenderer> renderer;
  renderer->SetBackground(view.background[0] / 255.0, view.background[1] / 255.0,
                          view.background[2] / 255.0);
  renderer->AutomaticLightCreationOff();
  const CameraFit fit = fit_camera(grid, view.camera, view.size);
  set_up(*renderer, fit);
  vtkNew<vtkLight> light;
  light->SetLightTypeToSceneLight();
  light->PositionalOff();
  light->SetAmbientColor(1.0, 1.0,
                         1.0);  // black in VTK, which leaves volumes without ambient light
  light->SetFocalPoint(0.0, 0.0, 0.0);
  const auto towards = fit.to_world(view.lighting.towards_light);
  light->SetPosition(towards.data());
  renderer->AddLight(light);
  if (prop != nullptr) renderer->AddViewProp(prop);
  const auto box = box_of(grid);
  vtkNew<vtkRenderer> over;  // lines in front are drawn over what is there, antialiased against it
  over->SetLayer(1);
  over->SetActiveCamera(renderer->GetActiveCamera());
  if (view.outline) {
    renderer->AddActor(edges_of(box, fit, false, view.outline_colour));
    over->AddActor(edges_of(box, fit, true, view.outline_colour));
  }
  renderer->ResetCameraClippingRange(box.data());
  window_->SetNumberOfLayers(2);
  window_->AddRenderer(renderer);
  window_->AddRenderer(over);
  window_->Render();
  Image image = picture_of(*window_.Get(), view.size);
  for (vtkRenderer* part : {over.Get(), renderer.Get()}) {
    part->ReleaseGraphicsResources(window_);
    window_->RemoveRenderer(part);
  }
  if (const std::string message = messages.first(); !message.empty())
    throw ValueError("VTK cannot draw this: " + message);
  return image;
}

}  // namespace stsr
