#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stsr/base/config_field.h"

namespace stsr {

/// A way from coarse volumes to fine ones (method sections 3 and 7). `network`: STSR-INR or, with
/// the preset that says so, CoordNet; `stnet`: the convolutional network; `interpolation`: TL.
enum class MethodKind { network, stnet, interpolation };
template <>
struct EnumNames<MethodKind> {
  static constexpr std::array<EnumTable<MethodKind>, 3> values{
      {{MethodKind::network, "network"},
       {MethodKind::stnet, "stnet"},
       {MethodKind::interpolation, "interpolation"}}};
};

/// What a picture shows.
enum class PictureKind { volume, isosurface };
template <>
struct EnumNames<PictureKind> {
  static constexpr std::array<EnumTable<PictureKind>, 2> values{
      {{PictureKind::volume, "volume"}, {PictureKind::isosurface, "isosurface"}}};
};

/// [[data]]: a data set, and what the methods see of it.
struct ComparedData {
  std::string name = "data";
  std::string truth = {};
  std::string coarse = {};
  std::string field = {};
  std::array<std::size_t, 3> dims{64, 64, 64};
  std::size_t steps = 25;
  std::optional<double> time_step = {};
  std::vector<double> parameters = {};
  std::vector<std::string> variables = {};
  std::array<std::size_t, 3> space{1, 1, 1};
  std::size_t time = 0;
  std::optional<std::array<double, 3>> output_space = {};
  std::optional<std::size_t> output_steps = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool generated = !self.field.empty();
    const bool free_output = self.truth.empty() || self.coarse.empty();
    field("name", self.name, "What it is called in the report; unlike the others.");
    field("truth", self.truth,
          "The full-resolution data set (a path from the place of this file); empty: none, or "
          "'field'.");
    field("coarse", self.coarse,
          "The coarse data set; empty: the truth reduced by 'space' and 'time'.");
    field("field", self.field,
          "An analytic field in place of a file: the truth is 'stsr generate FIELD'.");
    field("dims", self.dims, "Samples of the analytic field along x, y, z.",
          applies_if(generated, "only with field"));
    field("steps", self.steps,
          "Time steps of the analytic field, at least 1; of a file, all are taken.",
          applies_if(generated, "only with field"));
    field("time_step", self.time_step, "Time between two steps of the analytic field.",
          applies_if(generated, "only with field"));
    field("parameters", self.parameters,
          "Values of the field's parameter; several make an ensemble.",
          applies_if(generated, "only with field"));
    field("variables", self.variables, "Only these; empty: all (of a field: the first).");
    field("space", self.space, "u_s along x, y, z: every so-many-th sample is kept; at least 1.",
          applies_if(self.coarse.empty(), "only without coarse"));
    field("time", self.time, "u_t: steps left out between two kept ones.",
          applies_if(self.coarse.empty(), "only without coarse"));
    field(
        "output_space", self.output_space,
        "Write this many times the coarse resolution along x, y, z, any number above 0; none: the "
        "truth's resolution.",
        applies_if(free_output, "only without truth or without coarse"));
    field("output_steps", self.output_steps,
          "Write this many time steps from the first coarse one to the last; none: the truth's "
          "times.",
          applies_if(free_output, "only without truth or without coarse"));
  }
  bool operator==(const ComparedData&) const = default;
};

/// [[method]]: one row of the tables.
struct ComparedMethod {
  std::string name = {};
  MethodKind kind = MethodKind::network;
  std::string preset = "default";
  std::string config = {};
  std::vector<std::string> set = {};
  std::optional<std::size_t> epochs = {};
  std::optional<double> minutes = {};
  bool separate = false;
  std::string model_of = {};
  bool through_samples = false;
  std::vector<std::string> variables = {};
  std::string kernel = "b-spline";
  std::string registration = "aligned";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool network = self.kind == MethodKind::network;
    const bool trained = self.kind != MethodKind::interpolation;
    const bool own_model = self.model_of.empty();
    field("name", self.name, "What it is called in the report; unlike the others.");
    field("kind", self.kind,
          "'network' (STSR-INR, or CoordNet with its preset), 'stnet' or 'interpolation' (TL).");
    field("preset", self.preset, "The settings to start from.",
          applies_if(network && own_model, "only for kind \"network\" without model_of"));
    field("config", self.config,
          "File with settings that differ (a path from the place of this file).",
          applies_if(network && own_model, "only for kind \"network\" without model_of"));
    field("set", self.set, "Single settings, \"section.key=value\".",
          applies_if(trained && own_model,
                     "only for kind \"network\" or \"stnet\" without model_of"));
    field("epochs", self.epochs, "Epochs of training; none: those of the settings.",
          applies_if(trained && own_model,
                     "only for kind \"network\" or \"stnet\" without model_of"));
    field("minutes", self.minutes,
          "Minutes of training; without 'epochs' all of them are used. With 'separate', of each "
          "model.",
          applies_if(trained && own_model,
                     "only for kind \"network\" or \"stnet\" without model_of"));
    field("separate", self.separate,
          "true: a model for each variable; false: one model for all variables of all data.",
          applies_if(network && own_model, "only for kind \"network\" without model_of"));
    field("model_of", self.model_of,
          "The name of a method above it, whose model is used instead of training one; "
          "empty: none.",
          applies_if(network, "only for kind \"network\""));
    field("through_samples", self.through_samples,
          "true: the output is corrected so that it interpolates the coarse samples "
          "('stsr upscale --through').",
          applies_if(network, "only for kind \"network\""));
    field("variables", self.variables,
          "Only these, as \"variable\" or \"data/variable\"; empty: all. The others get a dash.");
    field("kernel", self.kernel, "\"linear\", \"catmull-rom\" or \"b-spline\" in space.",
          applies_if(!trained, "only for kind \"interpolation\""));
    field("registration", self.registration, "\"aligned\" or \"half-pixel\".",
          applies_if(!trained, "only for kind \"interpolation\""));
  }
  bool operator==(const ComparedMethod&) const = default;
};

/// [[isosurface]]: where the chamfer distance of a variable is measured.
struct ComparedIsosurface {
  std::string variable = {};
  double isovalue = 0.0;
  bool normalised = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("variable", self.variable, "\"variable\" or \"data/variable\".");
    field("isovalue", self.isovalue, "The value on the surface.");
    field(
        "normalised", self.normalised,
        "true: the isovalue is on the paper's scale, -1 for the least and 1 for the largest value "
        "of each time step of the truth; false: in the data's unit.");
  }
  bool operator==(const ComparedIsosurface&) const = default;
};

/// [[picture]]: one row of pictures, a column per method.
struct ComparedPicture {
  std::string variable = {};
  std::size_t step = 0;
  PictureKind kind = PictureKind::volume;
  std::string transfer_function = "cool-to-warm";
  double isovalue = 0.0;
  bool normalised = false;
  double azimuth = 30.0;
  double elevation = 20.0;
  double zoom = 1.0;
  std::vector<double> box = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool volume = self.kind == PictureKind::volume;
    field("variable", self.variable, "\"variable\" or \"data/variable\".");
    field("step", self.step, "Time step of the output, from 0.");
    field("kind", self.kind, "'volume' (direct volume rendering) or 'isosurface'.");
    field("transfer_function", self.transfer_function,
          "A preset, or a file (a path from the place of this file).",
          applies_if(volume, "only for kind \"volume\""));
    field("isovalue", self.isovalue, "The value on the surface.",
          applies_if(!volume, "only for kind \"isosurface\""));
    field("normalised", self.normalised, "The scale of the isovalue, as in [[isosurface]].",
          applies_if(!volume, "only for kind \"isosurface\""));
    field("azimuth", self.azimuth, "Degrees that the camera goes round the volume to the right.");
    field("elevation", self.elevation, "Degrees that the camera goes up.");
    field("zoom", self.zoom, "1: the whole volume is in view.");
    field("box", self.box,
          "Part to enlarge: left, top, width, height as shares of the picture; empty: none.");
  }
  bool operator==(const ComparedPicture&) const = default;
};

/// [[blend]]: a row of pictures from one variable to another by latent blending, a row per method.
struct ComparedBlend {
  std::string from = {};
  std::string to = {};
  std::size_t count = 5;
  std::size_t step = 0;
  PictureKind kind = PictureKind::volume;
  std::string transfer_function = "cool-to-warm";
  double isovalue = 0.0;
  double azimuth = 30.0;
  double elevation = 20.0;
  double zoom = 1.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool volume = self.kind == PictureKind::volume;
    field("from", self.from, "The variable at the left end, \"variable\" or \"data/variable\".");
    field("to", self.to, "The one at the right end.");
    field("count", self.count, "Pictures, ends included; at least 2.");
    field("step", self.step, "Time step of the output, from 0.");
    field("kind", self.kind, "'volume' or 'isosurface'.");
    field("transfer_function", self.transfer_function, "As in [[picture]].",
          applies_if(volume, "only for kind \"volume\""));
    field("isovalue", self.isovalue, "The value on the surface, in the data's unit.",
          applies_if(!volume, "only for kind \"isosurface\""));
    field("azimuth", self.azimuth, "As in [[picture]].");
    field("elevation", self.elevation, "As in [[picture]].");
    field("zoom", self.zoom, "As in [[picture]].");
  }
  bool operator==(const ComparedBlend&) const = default;
};

/// [[reference]]: a row of numbers that somebody else published, beside ours.
struct PublishedScore {
  std::string method = {};
  std::string source = {};
  std::string variable = {};
  std::optional<double> psnr = {};
  std::optional<double> lpips = {};
  std::optional<double> chamfer = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("method", self.method, "What the row is called.");
    field("source", self.source, "Where it was published.");
    field("variable", self.variable,
          "\"variable\" or \"data/variable\"; empty: the mean over all.");
    field("psnr", self.psnr, "dB.");
    field("lpips", self.lpips, "Perceptual distance.");
    field("chamfer", self.chamfer, "Chamfer distance in voxels.");
  }
  bool operator==(const PublishedScore&) const = default;
};

/// [metrics]: what is measured beside PSNR.
struct ComparedMetrics {
  bool ssim = true;
  std::string lpips_weights = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("ssim", self.ssim, "Structural similarity of the volumes.");
    field("lpips_weights", self.lpips_weights,
          "Weights for the perceptual distance of the pictures (see docs/metrics.md; a path from "
          "the place of this file); empty: not measured.");
  }
  bool operator==(const ComparedMetrics&) const = default;
};

/// [pictures]: what all pictures have in common.
struct PictureSettings {
  std::size_t size = 512;
  double difference_threshold = 6.0;
  double difference_full = 60.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("size", self.size, "Width and height in pixels, 64 to 4096.");
    field("difference_threshold", self.difference_threshold,
          "CIELUV distance up to which a pixel of a difference image stays background.");
    field("difference_full", self.difference_full,
          "CIELUV distance that is drawn in the last colour of the scale.");
  }
  bool operator==(const PictureSettings&) const = default;
};

/// Everything that `stsr compare` does, as its configuration file says it.
struct ComparisonConfig {
  std::string title = "Comparison";
  std::string description = {};
  ComparedMetrics metrics;
  PictureSettings pictures;
  std::vector<ComparedData> data = {};
  std::vector<ComparedMethod> method = {};
  std::vector<ComparedIsosurface> isosurface = {};
  std::vector<ComparedPicture> picture = {};
  std::vector<ComparedBlend> blend = {};
  std::vector<PublishedScore> reference = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("title", self.title, "Heading of the report.");
    field("description", self.description, "What is compared and why; below the heading.");
    field("metrics", self.metrics, "What is measured beside PSNR.");
    field("pictures", self.pictures, "What all pictures have in common.");
    field("data", self.data, "A data set, and what the methods see of it; at least one.");
    field("method", self.method, "A row of the tables; at least one.");
    field("isosurface", self.isosurface, "Where the chamfer distance of a variable is measured.");
    field("picture", self.picture, "A row of pictures, a column per method.");
    field("blend", self.blend, "Pictures from one variable to another by latent blending.");
    field("reference", self.reference, "Numbers that somebody else published, beside ours.");
  }
  bool operator==(const ComparisonConfig&) const = default;
};

/// Reads and checks a configuration; relative paths in it become paths from the file's folder.
/// @throws FileError   as read_config: not TOML, an unknown key (with the nearest name), ...
/// @throws ValueError  nothing to compare, a name used twice or missing, contradicting keys; the
///   message names the table and the key.
[[nodiscard]] ComparisonConfig read_comparison_config(const std::filesystem::path& path);

}  // namespace stsr
