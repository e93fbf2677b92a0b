#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "commands.h"
#include "log.h"
#include "parse.h"
#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/dataset.h"
#include "stsr/io/output_kind.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/png.h"
#include "stsr/rendering/renderer.h"
#include "stsr/rendering/visibility.h"
#include "stsr/volume/value_range.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* examples =
    "  stsr render fine --variable speed --step 3 -o speed.png\n"
    "  stsr render fine --variable speed --step 3 --isovalue 0.8 --colour '#4682b4' -o "
    "surface.png\n"
    "  stsr render fine --steps 0:24 --camera 30,20 --legend --outline -o film.png\n"
    "                                                    writes film_0000.png to film_0024.png\n"
    "  stsr render fine --step 0 --transfer-function paraview.json --size 1200x800 -o speed.png\n"
    "\n"
    "Pictures need no display. All that is seen depends on the grid and on the options, never on "
    "the\n"
    "values of a step: pictures of several steps can be compared, and with the same --range those\n"
    "of several data sets.\n";

constexpr const char* default_transfer = "vortex";

struct Options {
  std::string data;
  std::string variable;
  std::string step;
  std::string steps;
  bool volume = false;
  std::string isovalue;
  std::string transfer;
  std::string range;
  std::string colour;
  std::string background = "#ffffff";
  std::string camera;
  std::string zoom = "1";
  std::string projection = std::string(enum_name(Projection::perspective));
  std::string size = "512x512";
  std::string opacity_length;
  std::string sample_distance;
  bool outline = false;
  bool no_lighting = false;
  bool legend = false;
  std::string output;
};

/// Step numbers "A:B", both included, or "A:B:S", every S-th.
std::vector<std::size_t> parse_steps(const std::string& text) {
  const auto items = split(text, ':');
  if (items.size() != 2 && items.size() != 3)
    throw ValueError(
        fmt::format("--steps must be A:B or A:B:S, such as 0:24 or 0:24:4, got '{}'", text));
  const std::size_t first = parse_count("--steps", items[0], 0);
  const std::size_t last = parse_count("--steps", items[1], 0);
  const std::size_t stride = items.size() == 3 ? parse_count("--steps", items[2], 1) : 1;
  if (last < first)
    throw ValueError(fmt::format("--steps must not end before it begins, got '{}'", text));
  if (last - first > 1'000'000)
    throw ValueError(fmt::format("--steps must name at most a million steps, got '{}'", text));
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i <= (last - first) / stride; ++i) steps.push_back(first + i * stride);
  return steps;
}

std::size_t choose_variable(const Dataset& data, const Options& options) {
  const auto& infos = data.variables();
  if (!options.variable.empty()) return find_variable(infos, options.variable);
  if (infos.size() == 1) return 0;
  std::vector<std::string> names;
  for (const VariableInfo& info : infos) names.push_back(info.name);
  throw ValueError(fmt::format("--variable is required where there are several; known: {}",
                               fmt::join(names, ", ")));
}

std::vector<std::size_t> choose_steps(const VariableInfo& info, const Options& options) {
  if (options.step.empty() == options.steps.empty())
    throw ValueError("one of --step and --steps is required, and only one can be given");
  auto steps = options.steps.empty() ? std::vector{parse_count("--step", options.step, 0)}
                                     : parse_steps(options.steps);
  if (steps.back() >= info.times.size())
    throw ValueError(fmt::format("'{}' has {} time steps, 0 to {}, so there is no step {}",
                                 info.name, info.times.size(), info.times.size() - 1,
                                 steps.back()));
  return steps;
}

/// A plane or a line is no volume.
void check_axes(const VariableInfo& info, const Options& options) {
  const Dims& dims = info.grid.dims;
  if (dims.x < 2 || dims.y < 2 || dims.z < 2)
    throw ValueError(fmt::format(
        "{}: '{}' has {} x {} x {} samples, and a picture needs 2 or more along each axis; draw "
        "planes and lines with another program",
        options.data, info.name, dims.x, dims.y, dims.z));
}

/// What the picture shows, from the options alone: refused before any data are read.
struct Plan {
  View view;
  VolumeStyle style;
  std::optional<double> isovalue;
  Rgb surface{70, 130, 180};
  TransferFunction transfer;
  std::optional<std::pair<double, double>> range;
};

View view_of(const Options& options) {
  View view;
  if (!options.camera.empty()) {
    const auto angles = parse_numbers("--camera", options.camera);
    if (angles.size() != 2 && angles.size() != 3)
      throw ValueError(fmt::format(
          "--camera must be AZIMUTH,ELEVATION or AZIMUTH,ELEVATION,ROLL in degrees, got '{}'",
          options.camera));
    view.camera.azimuth = angles[0];
    view.camera.elevation = angles[1];
    if (angles.size() == 3) view.camera.roll = angles[2];
  }
  view.camera.zoom = parse_number("--zoom", options.zoom);
  view.camera.projection = parse_enum<Projection>("--projection", options.projection);
  const auto sides = split(options.size, 'x');
  if (sides.size() != 2)
    throw ValueError(
        fmt::format("--size must be WIDTHxHEIGHT, such as 800x600, got '{}'", options.size));
  view.size = {parse_count("--size", sides[0], 1), parse_count("--size", sides[1], 1)};
  view.background = parse_colour("--background", options.background);
  view.outline = options.outline;
  view.lighting.on = !options.no_lighting;
  return view;
}

Plan plan_of(const Options& options) {
  Plan plan;
  plan.view = view_of(options);
  if (!options.isovalue.empty()) {
    if (options.volume) throw ValueError("--volume and --isovalue exclude one another");
    for (const auto& [given, name] :
         {std::pair{!options.transfer.empty(), "--transfer-function"},
          std::pair{!options.range.empty(), "--range"},
          std::pair{!options.opacity_length.empty(), "--opacity-length"},
          std::pair{!options.sample_distance.empty(), "--sample-distance"},
          std::pair{options.legend, "--legend"}})
      if (given) throw ValueError(fmt::format("{} is for volumes, not for --isovalue", name));
    plan.isovalue = parse_number("--isovalue", options.isovalue);
    if (!options.colour.empty()) plan.surface = parse_colour("--colour", options.colour);
    return plan;
  }
  if (!options.colour.empty())
    throw ValueError(
        "--colour is for --isovalue; a volume takes its colours from --transfer-function");
  const std::string transfer = options.transfer.empty() ? default_transfer : options.transfer;
  const fs::path path(transfer);
  plan.transfer =
      path.has_extension() ? read_transfer_function(path) : transfer_function_preset(transfer);
  if (!options.range.empty()) {
    const auto ends = parse_numbers("--range", options.range);
    if (ends.size() != 2 || !(ends[0] < ends[1]))
      throw ValueError(fmt::format("--range must be LO,HI with LO < HI, got '{}'", options.range));
    plan.range = {ends[0], ends[1]};
  }
  if (!options.opacity_length.empty())
    plan.style.opacity_length = parse_number("--opacity-length", options.opacity_length);
  if (!options.sample_distance.empty())
    plan.style.sample_distance = parse_number("--sample-distance", options.sample_distance);
  return plan;
}

/// The range of all time steps, so that the colours do not depend on the steps that are drawn.
std::pair<double, double> range_of(const Dataset& data, std::size_t variable, bool quiet) {
  ValueRange range = ValueRange::of_nothing();
  TerminalProgress progress("finding the range", quiet);
  const VariableInfo& info = data.variables()[variable];
  for (std::size_t step = 0; step < info.times.size(); ++step) {
    range.include(finite_range(data.read(variable, step)));
    progress.report(step + 1, info.times.size(), "volume", info.name);
    progress.check();
  }
  if (!range.holds_values())
    throw ValueError(
        fmt::format("'{}' has nothing to draw: all of its values are missing", info.name));
  if (!(range.low < range.high))
    throw ValueError(fmt::format(
        "all values of '{}' are {:.6g}; give the values that the colours span (--range)", info.name,
        info.packing.unpacked(range.low)));
  return {info.packing.unpacked(range.low), info.packing.unpacked(range.high)};
}

/// The plan for the values as they lie in memory.
Plan packed(const Plan& plan, const Packing& packing) {
  Plan drawn = plan;
  if (drawn.isovalue) drawn.isovalue = packing.packed(*drawn.isovalue);
  for (ColourPoint& point : drawn.transfer.colours) point.x = packing.packed(point.x);
  for (OpacityPoint& point : drawn.transfer.opacities) point.x = packing.packed(point.x);
  return drawn;
}

/// Steps whose pictures show nothing but the background.
struct BlankPictures {
  std::vector<std::size_t> steps;
  ValueRange range = ValueRange::of_nothing();
};

bool is_blank(const Plan& plan, const Dims& dims, std::span<const float> values) {
  return plan.isovalue ? isosurface_is_empty(dims, values, *plan.isovalue)
                       : volume_is_transparent(values, plan.transfer);
}

/// One line for all of them.
void warn_of(const BlankPictures& blank, const Plan& plan, const VariableInfo& info,
             std::size_t pictures) {
  if (blank.steps.empty()) return;
  const std::string where = pictures == 1
                                ? fmt::format("step {}", blank.steps.front())
                                : fmt::format("{} of {} pictures (first: step {})",
                                              blank.steps.size(), pictures, blank.steps.front());
  std::string why = "all values are missing";
  if (blank.range.holds_values())
    why = fmt::format("{}, and its values there go from {:.6g} to {:.6g}",
                      plan.isovalue ? fmt::format("there is no surface at {}", *plan.isovalue)
                                    : "the transfer function makes all transparent",
                      info.packing.unpacked(blank.range.low),
                      info.packing.unpacked(blank.range.high));
  log_warning("nothing is to be seen of '{}' in {}: {}", info.name, where, why);
}

fs::path file_of(const Options& options, std::size_t step) {
  const fs::path path(options.output);
  if (options.steps.empty()) return path;
  return path.parent_path() /
         fmt::format("{}_{:04d}{}", path.stem().string(), step, path.extension().string());
}

Image with_legend(const Image& image, const Plan& plan, const VariableInfo& info) {
  StripLayout layout;
  layout.rows = {{{image, ""}}};
  layout.background = plan.view.background;
  const bool dark =
      plan.view.background[0] + plan.view.background[1] + plan.view.background[2] < 384;
  if (dark) layout.text_colour = {230, 230, 230};
  layout.legend = ColourLegend{
      plan.transfer, info.unit.empty() ? info.name : fmt::format("{} ({})", info.name, info.unit)};
  return strip(layout);
}

void run(const Options& options, bool quiet) {
  Plan plan = plan_of(options);
  if (fs::path(options.output).extension() != ".png")
    throw ValueError(fmt::format("-o must name a .png file, got '{}'", options.output));
  const auto data = open_dataset(options.data);
  const std::size_t variable = choose_variable(*data, options);
  const VariableInfo& info = data->variables()[variable];
  const auto steps = choose_steps(info, options);
  for (const std::size_t step : steps) check_replaceable(file_of(options, step), picture_output);
  check_axes(info, options);
  Renderer renderer;
  if (!plan.isovalue && (plan.range || plan.transfer.over == TransferDomain::range)) {
    const auto [lo, hi] = plan.range ? *plan.range : range_of(*data, variable, quiet);
    plan.transfer = plan.transfer.scaled_to(lo, hi);
    log_info("colours of {} from {:.6g} to {:.6g}", info.name, lo, hi);
  }
  const Plan drawn = packed(plan, info.packing);
  BlankPictures blank;
  TerminalProgress progress("drawing", quiet);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::vector<float> values = data->read(variable, steps[i]);
    if (is_blank(drawn, info.grid.dims, values)) {
      blank.steps.push_back(steps[i]);
      blank.range.include(finite_range(values));
    }
    Image image =
        drawn.isovalue
            ? renderer.isosurface(info.grid, values, *drawn.isovalue, drawn.surface, drawn.view)
            : renderer.volume(info.grid, values, drawn.transfer, drawn.view, drawn.style);
    if (options.legend) image = with_legend(image, plan, info);
    write_png(file_of(options, steps[i]), image);
    progress.report(i + 1, steps.size(), "picture", "");
    progress.check();
  }
  warn_of(blank, plan, info, steps.size());
  log_info("{}: {} picture{} of {}", file_of(options, steps.front()).string(), steps.size(),
           steps.size() == 1 ? "" : "s", info.name);
}

void add_look_options(Command& command, Options& options) {
  command
      .add_option(
          "--transfer-function", options.transfer,
          fmt::format("{}, a .toml file (docs/formats.md) or a .json of ParaView (default: {})",
                      fmt::join(transfer_function_presets(), ", "), default_transfer))
      .type_name("NAME|FILE");
  command
      .add_option(
          "--range", options.range,
          "Values that the transfer function spans (default: those of all time steps, or as "
          "the file says)")
      .type_name("LO,HI");
  command.add_option("--colour", options.colour, "Of the isosurface (default: #4682b4)")
      .type_name("#RRGGBB");
  command.add_option("--background", options.background, "Behind the volume")
      .type_name("#RRGGBB")
      .capture_default_str();
  command.add_flag("--outline", options.outline, "Draw the edges of the grid's box");
  command.add_flag("--no-lighting", options.no_lighting, "Colours as they are, without shading");
  command.add_flag("--legend", options.legend, "Add the colours with numbers at the right");
  command
      .add_option("--opacity-length", options.opacity_length,
                  "Length along which an opacity acts, in diagonals of the box (default: 0.01)")
      .type_name("L");
  command
      .add_option("--sample-distance", options.sample_distance,
                  "Distance of samples along a ray, in the smallest spacing (default: 0.5)")
      .type_name("D");
}

void add_camera_options(Command& command, Options& options) {
  command
      .add_option("--camera", options.camera,
                  "Azimuth, elevation and roll in degrees; 0,0 has x right, y up, z to the viewer")
      .type_name("A,E[,R]");
  command.add_option("--zoom", options.zoom, "2 shows things twice as large; 1 the whole box")
      .type_name("Z")
      .capture_default_str();
  command.add_option("--projection", options.projection, "perspective or parallel")
      .type_name("NAME")
      .capture_default_str();
  command.add_option("--size", options.size, "Of the picture in pixels, without legend")
      .type_name("WxH")
      .capture_default_str();
}

}  // namespace

void add_render(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command = add_command(
      program, invocation, "render", "Draw pictures of volumes or isosurfaces, without a display",
      examples, [options, &invocation] { run(*options, invocation.common.quiet); });
  command.add_option("data", options->data, "Data set file, .pvd, .vti or folder")
      .required()
      .type_name("DATA");
  command.add_option("--variable", options->variable, "Which (required where there are several)")
      .type_name("NAME");
  command.add_option("--step", options->step, "Time step, the first is 0").type_name("N");
  command
      .add_option("--steps", options->steps,
                  "A numbered picture of each step from A to B, every S-th")
      .type_name("A:B[:S]");
  command.add_flag("--volume", options->volume, "Direct volume rendering (the default)");
  command.add_option("--isovalue", options->isovalue, "Draw the surface of this value instead")
      .type_name("X");
  add_look_options(command, *options);
  add_camera_options(command, *options);
  command.add_option("-o,--output", options->output, "Picture to write")
      .type_name("FILE.png")
      .required();
}

}  // namespace stsr::app
