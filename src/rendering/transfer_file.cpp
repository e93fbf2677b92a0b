#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "stsr/base/file_error.h"
#include "stsr/base/text.h"
#include "stsr/io/config_file.h"
#include "stsr/io/toml_section.h"
#include "stsr/rendering/transfer_function.h"

namespace stsr {

namespace {

using nlohmann::json;

constexpr std::uint64_t newest_version = 1;

template <class Enum>
Enum named(const TomlSection& top, const char* key, Enum otherwise) {
  const auto text = top.text(key);
  if (!text) return otherwise;
  if (const auto value = find_enum<Enum>(*text)) return *value;
  top.fail(key, "'{}' cannot be \"{}\"{}", key, *text, name_hint(*text, enum_names<Enum>()));
}

std::vector<double> flat_points(const TomlSection& top, const char* key, std::size_t parts,
                                const char* names) {
  const auto numbers = top.numbers(key);
  if (!numbers) top.fail(key, "'{}' is required: {} of each point", key, names);
  if (numbers->empty() || numbers->size() % parts != 0)
    top.fail(key, "'{}' must have {} of each point, so {} numbers a point, got {}", key, names,
             parts, numbers->size());
  return *numbers;
}

[[noreturn]] void fail_json(const std::string& source, const std::string& message) {
  throw FileError(source + ": " + message);
}

json parsed(const std::string& text, const std::string& source) {
  try {
    return json::parse(text);
  } catch (const json::exception&) {  // its words name nlohmann's functions
    fail_json(source, "is not JSON, or is damaged; export the colour map from ParaView again");
  }
}

/// The one colour map of an export, which is a list with one object, or the object itself.
const json& colour_map_of(const json& root, const std::string& source) {
  if (root.is_object()) return root;
  if (!root.is_array() || root.empty() || !root.front().is_object())
    fail_json(source, "is no colour map of ParaView, which is a list with one object");
  if (root.size() > 1)
    fail_json(source,
              fmt::format("holds {} colour maps; export the one to use alone", root.size()));
  return root.front();
}

/// The flat list of numbers called `key`, `parts` a point.
std::vector<double> list_of(const json& map, const char* key, std::size_t parts,
                            const std::string& source) {
  const json& list = map.at(key);
  std::vector<double> numbers;
  if (list.is_array())
    for (const json& item : list)
      if (item.is_number()) numbers.push_back(item.get<double>());
  if (!list.is_array() || numbers.size() != list.size() || numbers.empty() ||
      numbers.size() % parts != 0)
    fail_json(source, fmt::format("'{}' must be a list of numbers, {} a point", key, parts));
  return numbers;
}

ColourSpace space_of(const json& map, const std::string& source) {
  if (!map.contains("ColorSpace")) return ColourSpace::rgb;
  const std::vector<std::pair<std::string, ColourSpace>> spaces{
      {"RGB", ColourSpace::rgb},
      {"HSV", ColourSpace::hsv},
      {"Wrapped", ColourSpace::hsv_wrapped},
      {"Lab", ColourSpace::lab},
      {"CIELAB", ColourSpace::lab},
      {"Lab/CIEDE2000", ColourSpace::lab_ciede2000},
      {"Diverging", ColourSpace::diverging},
      {"Step", ColourSpace::step}};
  const std::string name =
      map["ColorSpace"].is_string() ? map["ColorSpace"].get<std::string>() : "";
  std::vector<std::string> known;
  for (const auto& [text, space] : spaces) {
    known.push_back(text);
    if (text != name) continue;
    const auto wrap = map.find("HSVWrap");
    const bool wrapped = wrap != map.end() && (*wrap == true || *wrap == 1);
    return space == ColourSpace::hsv && wrapped ? ColourSpace::hsv_wrapped : space;
  }
  fail_json(source, fmt::format("'ColorSpace' cannot be '{}'{}", name, name_hint(name, known)));
}

/// Opacities over the values that the colours span, where an export has none.
std::vector<OpacityPoint> default_opacities(const TransferFunction& function) {
  std::vector<OpacityPoint> points = high_end_opacity();
  const double lo = function.colours.front().x;
  const double hi = function.colours.back().x;
  for (OpacityPoint& point : points) point.x = std::lerp(lo, hi, point.x);
  return points;
}

TransferFunction checked(TransferFunction function, const std::string& source) {
  try {
    function.check();
  } catch (const ValueError& error) {
    throw FileError(source + ": " + error.what());
  }
  return function;
}

}  // namespace

TransferFunction parse_transfer_function_toml(const std::string& text, const std::string& source) {
  const TomlSection top(source, text);
  const std::vector<std::string> keys{
      "stsr_transfer_function", "name", "space", "over", "colours", "opacities"};
  const auto version = top.whole("stsr_transfer_function");
  if (!version)
    top.fail("stsr_transfer_function",
             "is no transfer function file: 'stsr_transfer_function = 1' is missing");
  if (*version != newest_version)
    top.fail("stsr_transfer_function", "has version {} of the format; this program knows {}",
             *version, newest_version);
  top.allow_only(keys);
  TransferFunction function;
  function.name = top.text("name").value_or("");
  function.space = named(top, "space", function.space);
  function.over = named(top, "over", function.over);
  const auto colours = flat_points(top, "colours", 4, "x, red, green, blue");
  for (std::size_t i = 0; i < colours.size(); i += 4)
    function.colours.push_back({colours[i], {colours[i + 1], colours[i + 2], colours[i + 3]}});
  const auto opacities = flat_points(top, "opacities", 2, "x, opacity");
  for (std::size_t i = 0; i < opacities.size(); i += 2)
    function.opacities.push_back({opacities[i], opacities[i + 1]});
  return checked(std::move(function), source);
}

TransferFunction parse_paraview_colour_map(const std::string& text, const std::string& source) {
  const json root = parsed(text, source);
  const json& map = colour_map_of(root, source);
  if (!map.contains("RGBPoints"))
    fail_json(source,
              map.contains("IndexedColors")
                  ? "is a colour map of categories ('IndexedColors'); a volume needs one "
                    "over numbers ('RGBPoints')"
                  : "has no 'RGBPoints'; export a colour map from ParaView's colour editor");
  TransferFunction function;
  function.over = TransferDomain::values;
  function.name =
      map.value("Name", json("")).is_string() ? map.value("Name", json("")).get<std::string>() : "";
  function.space = space_of(map, source);
  const auto colours = list_of(map, "RGBPoints", 4, source);
  for (std::size_t i = 0; i < colours.size(); i += 4)
    function.colours.push_back({colours[i], {colours[i + 1], colours[i + 2], colours[i + 3]}});
  if (map.contains("Points")) {
    const auto points = list_of(map, "Points", 4, source);
    for (std::size_t i = 0; i < points.size(); i += 4)
      function.opacities.push_back({points[i], points[i + 1], points[i + 2], points[i + 3]});
  } else {
    function.opacities = default_opacities(function);
  }
  return checked(std::move(function), source);
}

TransferFunction read_transfer_function(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension != ".toml" && extension != ".json")
    throw_file_error(path,
                     "a transfer function is a .toml file, or a .json that ParaView exported");
  const std::string text = config_detail::read_text_file(path);
  return extension == ".toml" ? parse_transfer_function_toml(text, path.string())
                              : parse_paraview_colour_map(text, path.string());
}

}  // namespace stsr
