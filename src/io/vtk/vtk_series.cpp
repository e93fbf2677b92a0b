#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "../lower_case.h"
#include "file_text.h"
#include "image_xml.h"
#include "stsr/base/file_error.h"
#include "vtk_image.h"
#include "with_file_errors.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// A file as the series names it.
struct Listed {
  std::optional<double> time;
  std::string part;  // tells parts of one time step from each other
  std::string name;
};

std::optional<double> parse_time(const fs::path& path, vtkXMLDataElement& element) {
  if (element.GetAttribute("timestep") == nullptr) return std::nullopt;
  const std::string_view text = trimmed(text_of(element, "timestep"));
  const auto time = parse_number<double>(text);
  if (!time || !std::isfinite(*time))
    throw_file_error(path, "timestep=\"{}\" is not a number", excerpt(text));
  return time;
}

std::vector<Listed> listed_in_xml(const InputFile& file) {
  const XmlTree tree = parse_xml(file);
  vtkXMLDataElement* collection = tree.root->FindNestedElementWithName("Collection");
  if (std::string_view("VTKFile") != tree.root->GetName() || collection == nullptr)
    throw_file_error(file.path(), "is not a VTK time series (VTKFile with a Collection)");
  std::vector<Listed> listed;
  for (vtkXMLDataElement* element : children(*collection, "DataSet")) {
    const std::string_view part = trimmed(text_of(*element, "part"));
    listed.push_back({parse_time(file.path(), *element),
                      fmt::format("part=\"{}\" group=\"{}\" name=\"{}\"", part.empty() ? "0" : part,
                                  text_of(*element, "group"), text_of(*element, "name")),
                      std::string(text_of(*element, "file"))});
    if (trimmed(listed.back().name).empty())
      throw_file_error(file.path(), "a DataSet has no attribute file");
  }
  return listed;
}

/// {"file-series-version": "1.0", "files": [{"name": "a.vti", "time": 0.5}, ...]}
std::vector<Listed> listed_in_json(const InputFile& file) {
  const fs::path& path = file.path();
  constexpr std::uint64_t largest = 64 << 20;
  const auto json = nlohmann::json::parse(read_text(file, largest), nullptr, false);
  if (json.is_discarded()) throw_file_error(path, "is not well-formed JSON");
  if (!json.is_object() || !json.contains("files") || !json["files"].is_array())
    throw_file_error(path, "is not a series of files (\"files\" must be a list)");
  std::vector<Listed> listed;
  for (const nlohmann::json& item : json["files"]) {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string())
      throw_file_error(path, "entry {} of \"files\" has no \"name\"", listed.size());
    Listed one{std::nullopt, "", item["name"].get<std::string>()};
    if (item.contains("time")) {
      if (!item["time"].is_number())
        throw_file_error(path, "\"time\" of entry {} of \"files\" is not a number", listed.size());
      one.time = item["time"].get<double>();
    }
    listed.push_back(std::move(one));
  }
  return listed;
}

/// The file that a series in `folder` means. One that was written elsewhere may have spaces round
/// the name, back-slashes, or a path of that machine: then what lies here under the end of it.
fs::path resolved(const fs::path& folder, const std::string& name) {
  const std::string bare(trimmed(name));
  std::string slashes = bare;
  std::replace(slashes.begin(), slashes.end(), '\\', '/');
  std::vector<fs::path> candidates{folder / name, folder / bare, folder / slashes};
  if (slashes.starts_with('/') || slashes.substr(0, 2).ends_with(':'))
    for (std::size_t at = slashes.find('/'); at != std::string::npos;
         at = slashes.find('/', at + 1))
      candidates.push_back(folder / slashes.substr(slashes.find_first_not_of('/', at)));
  std::error_code ignored;
  for (const fs::path& candidate : candidates)
    if (fs::is_regular_file(candidate, ignored)) return candidate;
  return folder / bare;
}

void check_extension(const fs::path& path, const std::string& name) {
  const std::string extension = lower_case(fs::path(trimmed(name)).extension().string());
  if (extension == ".pvti")
    throw_file_error(path,
                     "names '{}', an image in several files; open it in ParaView and save it as "
                     ".vti",
                     excerpt(name));
  if (extension != ".vti")
    throw_file_error(path, "names '{}'; STSR reads series of .vti: convert it to image data",
                     excerpt(name));
}

/// Numbers the files where none has a time.
void number_steps(const fs::path& path, std::vector<Listed>& listed) {
  const auto timed = std::count_if(listed.begin(), listed.end(),
                                   [](const Listed& one) { return one.time.has_value(); });
  if (timed == std::ssize(listed)) return;
  if (timed > 0)
    throw_file_error(path, "has times for {} of its {} files; give all of them one, or none", timed,
                     listed.size());
  const auto other = std::find_if(listed.begin(), listed.end(),
                                  [&](const Listed& one) { return one.part != listed[0].part; });
  if (other != listed.end())
    throw_file_error(path,
                     "names several parts ('{}', '{}') and no times; merge them into one .vti, or "
                     "give each a timestep",
                     excerpt(listed[0].name), excerpt(other->name));
  std::set<std::string> names;
  std::erase_if(listed, [&](const Listed& one) { return !names.insert(one.name).second; });
  double step = 0.0;
  for (Listed& one : listed) one.time = step++;
}

}  // namespace

std::vector<SeriesEntry> read_series(const fs::path& path) {
  return with_file_errors(path, [&] {
    const InputFile file(path);
    FileText text(file, 0);
    text.skip_space();
    std::vector<Listed> listed = text.peek() == '{' ? listed_in_json(file) : listed_in_xml(file);
    if (listed.empty()) throw_file_error(path, "names no file");
    number_steps(path, listed);
    std::stable_sort(listed.begin(), listed.end(),
                     [](const Listed& a, const Listed& b) { return *a.time < *b.time; });
    std::vector<SeriesEntry> entries;
    const Listed* before = nullptr;
    for (const Listed& one : listed) {
      check_extension(path, one.name);
      SeriesEntry entry{*one.time, resolved(path.parent_path(), one.name)};
      if (before != nullptr && entry.time == entries.back().time) {
        if (entry.file == entries.back().file) continue;  // the same once more
        if (one.part == before->part)
          throw_file_error(path, "names two files at time {} ('{}', '{}'); take one of them out",
                           entry.time, excerpt(before->name), excerpt(one.name));
        throw_file_error(path,
                         "has several parts per time step ('{}', '{}' at time {}); merge them into "
                         "one .vti",
                         excerpt(before->name), excerpt(one.name), entry.time);
      }
      entries.push_back(std::move(entry));
      before = &one;
    }
    return entries;
  });
}

}  // namespace stsr
