#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "parse.h"
#include "stsr/base/error.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/output_kind.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/image_scores.h"
#include "stsr/metrics/lpips.h"
#include "stsr/rendering/png.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr evaluate-images truth.png fine.png\n"
    "  stsr evaluate-images truth.png fine.png --lpips-weights alex.safetensors\n"
    "  stsr evaluate-images truth.png fine.png --difference difference.png --background 0,0,0\n"
    "\n"
    "Pictures are compared inside the smallest box that holds all that is not background in "
    "either.\n"
    "scripts/export-lpips-weights.py writes the weights that LPIPS needs.\n";

struct Options {
  std::string truth;
  std::string result;
  std::string lpips_weights;
  std::string background = "255,255,255";
  std::string difference;
  std::string difference_range;
  std::string json;
};

Rgb parse_background(const std::string& text) {
  const std::vector<double> numbers = parse_numbers("--background", text);
  Rgb colour{};
  bool valid = numbers.size() == colour.size();
  for (std::size_t c = 0; valid && c < colour.size(); ++c) {
    valid = numbers[c] >= 0.0 && numbers[c] <= 255.0 && numbers[c] == std::floor(numbers[c]);
    if (valid) colour[c] = static_cast<std::uint8_t>(numbers[c]);
  }
  if (!valid)
    throw ValueError(fmt::format(
        "--background must be red, green and blue from 0 to 255, as 255,255,255, got '{}'", text));
  return colour;
}

/// How the difference image is to look.
DifferenceConfig difference_config(const Options& options, Rgb background) {
  DifferenceConfig config;
  config.background = background;
  if (options.difference_range.empty()) return config;
  if (options.difference.empty())
    throw ValueError("--difference-range is for the difference image; name it with --difference");
  const std::vector<double> range = parse_numbers("--difference-range", options.difference_range);
  if (range.size() != 2)
    throw ValueError(fmt::format("--difference-range must be two distances, as 6,60, got '{}'",
                                 options.difference_range));
  config.threshold = range[0];
  config.highest = range[1];
  (void)difference_colour(0.0, config);  // refuses a range that cannot be, before anything is read
  return config;
}

std::string text_of(const Image& image, const ImageScores& scores) {
  return fmt::format(
      "picture     {} x {} pixels, compared in {} x {} at ({}, {})\n"
      "SSIM        {:.4f}\n"
      "LPIPS       {}\n"
      "difference  {:.2f} mean, {:.2f} largest (CIELUV)\n",
      image.width, image.height, scores.box.width, scores.box.height, scores.box.x, scores.box.y,
      scores.ssim, scores.lpips ? fmt::format("{:.4f}", *scores.lpips) : "- (no --lpips-weights)",
      scores.difference, scores.largest_difference);
}

std::string json_of(const Image& image, const ImageScores& scores) {
  nlohmann::ordered_json json{{json_mark_key, json_mark_value}};
  json["size"] = {image.width, image.height};
  json["box"] = {{"x", scores.box.x},
                 {"y", scores.box.y},
                 {"width", scores.box.width},
                 {"height", scores.box.height}};
  json["ssim"] = scores.ssim;
  json["lpips"] = nullptr;
  if (scores.lpips) json["lpips"] = *scores.lpips;
  json["difference"] = {{"mean", scores.difference}, {"largest", scores.largest_difference}};
  return json.dump(2) + "\n";
}

/// Before anything is computed: what it is written to is none of the pictures, and may be replaced.
void check_outputs(const Options& options) {
  std::error_code code;
  for (const std::string& input : {options.truth, options.result})
    if (std::filesystem::equivalent(input, options.difference, code))
      throw ValueError(fmt::format("--difference {} is the picture {} itself; choose another name",
                                   options.difference, input));
  if (!options.difference.empty()) check_replaceable(options.difference, picture_output);
  if (!options.json.empty()) check_replaceable(options.json, json_output);
}

void run(const Options& options) {
  check_outputs(options);
  const Rgb background = parse_background(options.background);
  const DifferenceConfig config = difference_config(options, background);
  std::optional<Lpips> lpips;
  if (!options.lpips_weights.empty()) lpips.emplace(read_lpips_weights(options.lpips_weights));
  const Image truth = read_png(options.truth);
  const Image result = read_png(options.result);
  const ImageScores scores = score_images(truth, result, background, lpips ? &*lpips : nullptr);
  if (!options.difference.empty())
    write_png(options.difference, difference_image(truth, result, config).image);
  if (!options.json.empty()) {
    AtomicFile file(options.json);
    file.write(json_of(truth, scores));
    file.commit();
  }
  fmt::print("{}", text_of(truth, scores));
}

}  // namespace

void add_evaluate_images(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "evaluate-images",
                  "Score a picture of a result against that of the truth (SSIM, LPIPS, CIELUV)",
                  examples, [options] { run(*options); });
  command.add_option("truth", options->truth, "Picture of the truth").required().type_name("PNG");
  command.add_option("result", options->result, "Picture of the result, of the same size")
      .required()
      .type_name("PNG");
  command
      .add_option("--lpips-weights", options->lpips_weights,
                  "Weights for LPIPS; it is left out without them")
      .type_name("FILE");
  command.add_option("--background", options->background, "Colour of the background, 0 to 255 each")
      .type_name("R,G,B")
      .capture_default_str();
  command
      .add_option("--difference", options->difference,
                  "Write the difference image: purple, blue, green, yellow, red from low to high")
      .type_name("PNG");
  command
      .add_option("--difference-range", options->difference_range,
                  "Distances shown purple and red, below is background (default: 6,60)")
      .type_name("LOW,HIGH");
  command.add_option("--json", options->json, "Write the scores as JSON").type_name("FILE");
}

}  // namespace stsr::app
