#include <vtkSmartPointer.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLUtilities.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "../input_file.h"
#include "stsr/base/file_error.h"
#include "stsr/io/message_capture.h"
#include "vtk_image.h"

namespace stsr {

namespace {

double parse_time(const std::filesystem::path& path, vtkXMLDataElement& element) {
  const char* text = element.GetAttribute("timestep");
  if (text == nullptr) throw_file_error(path, "a DataSet has no attribute timestep");
  double time = 0.0;
  const char* end = text + std::strlen(text);
  const auto result = std::from_chars(text, end, time);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(time))
    throw_file_error(path, "timestep=\"{}\" is not a number", text);
  return time;
}

SeriesEntry parse_entry(const std::filesystem::path& path, vtkXMLDataElement& element) {
  const double time = parse_time(path, element);
  const char* part = element.GetAttribute("part");
  if (part != nullptr && std::strcmp(part, "0") != 0)
    throw_file_error(
        path, "has several parts per time step (part=\"{}\"); merge them into one .vti", part);
  const char* name = element.GetAttribute("file");
  if (name == nullptr || *name == '\0') throw_file_error(path, "a DataSet has no attribute file");
  const std::filesystem::path file = path.parent_path() / name;
  if (file.extension() != ".vti")
    throw_file_error(path, "names '{}'; STSR reads series of .vti: convert it to image data", name);
  return {time, file};
}

}  // namespace

std::vector<SeriesEntry> read_series(const std::filesystem::path& path) {
  const InputFile file(path);
  const MessageCapture messages;
  const auto root =
      vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromFile(path.c_str()));
  if (root == nullptr || !messages.first().empty())
    throw_file_error(path, "is not well-formed XML: {}", messages.first());
  vtkXMLDataElement* collection = root->FindNestedElementWithName("Collection");
  if (std::strcmp(root->GetName(), "VTKFile") != 0 || collection == nullptr)
    throw_file_error(path, "is not a VTK time series (VTKFile with a Collection)");
  std::vector<SeriesEntry> entries;
  for (int i = 0; i < collection->GetNumberOfNestedElements(); ++i) {
    vtkXMLDataElement* element = collection->GetNestedElement(i);
    if (std::strcmp(element->GetName(), "DataSet") == 0)
      entries.push_back(parse_entry(path, *element));
  }
  if (entries.empty()) throw_file_error(path, "names no file");
  std::sort(entries.begin(), entries.end(),
            [](const SeriesEntry& a, const SeriesEntry& b) { return a.time < b.time; });
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].time == entries[i - 1].time)
      throw_file_error(path, "names two files at time {}", entries[i].time);
  return entries;
}

}  // namespace stsr
