#include "vtk_image.h"

#include <vtkDataArray.h>
#include <vtkDataArraySelection.h>
#include <vtkDataObject.h>
#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkInformationVector.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkStreamingDemandDrivenPipeline.h>
#include <vtkXMLImageDataReader.h>

#include <algorithm>
#include <array>
#include <new>

#include "../description.h"
#include "../input_file.h"
#include "../to_float32.h"
#include "stsr/base/file_error.h"
#include "stsr/base/text.h"
#include "stsr/io/formats.h"
#include "stsr/io/message_capture.h"

namespace stsr {

namespace {

/// No compressor that VTK knows shrinks by more, so a header that promises more than this many
/// bytes for each byte of the file is wrong; allocating what it says could take all memory.
constexpr double largest_compression = 1e5;

void check_messages(const std::filesystem::path& path, const MessageCapture& messages,
                    vtkAlgorithm& algorithm) {
  const std::string first = messages.first();
  if (!first.empty()) throw_file_error(path, "cannot be read by VTK: {}", first);
  if (const unsigned long code = algorithm.GetErrorCode(); code != 0)
    throw_file_error(path, "cannot be read by VTK: error {}", code);
}

void check_direction(const std::filesystem::path& path, vtkInformation& header) {
  constexpr std::array<double, 9> identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  if (header.Has(vtkDataObject::DIRECTION()) == 0) return;
  const double* direction = header.Get(vtkDataObject::DIRECTION());
  if (!std::equal(identity.begin(), identity.end(), direction))
    throw_file_error(path, "has a rotated grid (attribute Direction); resample it to the axes");
}

Grid grid_of(const std::filesystem::path& path, vtkInformation& header, std::uint64_t file_size) {
  std::array<int, 6> extent{};
  header.Get(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent.data());
  Grid grid;
  std::array<std::size_t, 3> dims{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto first = static_cast<std::int64_t>(extent[2 * axis]);
    const auto last = static_cast<std::int64_t>(extent[2 * axis + 1]);
    if (last < first)
      throw_file_error(path, "has no samples along {} (WholeExtent {} {})", "xyz"[axis], first,
                       last);
    dims[axis] = static_cast<std::size_t>(last - first + 1);
    grid.spacing[axis] = header.Get(vtkDataObject::SPACING())[axis];
    // A single sample has no neighbour: some programs write spacing 0.
    if (dims[axis] == 1 && grid.spacing[axis] == 0.0) grid.spacing[axis] = 1.0;
    grid.origin[axis] =
        header.Get(vtkDataObject::ORIGIN())[axis] + static_cast<double>(first) * grid.spacing[axis];
  }
  grid.dims = {dims[0], dims[1], dims[2]};
  if (const auto problem = grid_problem(grid); !problem.empty())
    throw_file_error(path, "{}", problem);
  const auto count = static_cast<double>(grid.dims.count());
  if (count > largest_compression * static_cast<double>(file_size))
    throw_file_error(path, "WholeExtent promises {} samples, more than {} bytes can hold", count,
                     file_size);
  return grid;
}

std::vector<ImageArray> arrays_of(vtkInformation& header) {
  std::vector<ImageArray> arrays;
  vtkInformationVector* fields = header.Get(vtkDataObject::POINT_DATA_VECTOR());
  for (int i = 0; fields != nullptr && i < fields->GetNumberOfInformationObjects(); ++i) {
    vtkInformation* field = fields->GetInformationObject(i);
    const char* name = field->Get(vtkDataObject::FIELD_NAME());
    const int type = field->Get(vtkDataObject::FIELD_ARRAY_TYPE());
    const int components = field->Get(vtkDataObject::FIELD_NUMBER_OF_COMPONENTS());
    if (name == nullptr || components < 1 || type == VTK_STRING || type == VTK_BIT) continue;
    arrays.push_back({name, static_cast<std::size_t>(components)});
  }
  return arrays;
}

/// VTK fills what is cut off uncompressed appended data with whatever was in memory, so a file must
/// have its end.
void check_end(const InputFile& file) {
  constexpr std::string_view end = "</VTKFile>";
  std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 256)), '\0');
  file.read(file.size() - tail.size(), std::as_writable_bytes(std::span(tail)));
  tail.erase(tail.find_last_not_of(" \t\r\n") + 1);
  if (!tail.ends_with(end))
    throw_file_error(file.path(), "does not end with {}; it is truncated, or not a .vti", end);
}

/// Reads the header; the caller holds the capture.
ImageInfo read_header(const InputFile& file, vtkXMLImageDataReader& reader,
                      const MessageCapture& messages) {
  const auto& path = file.path();
  check_end(file);
  reader.SetFileName(path.c_str());
  reader.UpdateInformation();
  check_messages(path, messages, reader);
  vtkInformation& header = *reader.GetOutputInformation(0);
  if (header.Has(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT()) == 0)
    throw_file_error(path, "is not VTK image data (.vti)");
  check_direction(path, header);
  ImageInfo info{grid_of(path, header, file.size()), arrays_of(header)};
  if (info.arrays.empty() && reader.GetNumberOfCellArrays() > 0)
    throw_file_error(
        path,
        "holds cell data ('{}') but no point data; STSR needs values at points: convert "
        "with ParaView's filter Cell Data to Point Data",
        reader.GetCellArrayName(0));
  return info;
}

std::string listed(const std::vector<ImageArray>& arrays, const std::string& name) {
  std::vector<std::string> names;
  for (const ImageArray& array : arrays) names.push_back(array.name);
  return name_hint(name, names);
}

/// Component `component` of `array` as float32.
std::vector<float> component_of(const std::filesystem::path& path, vtkDataArray& array,
                                std::size_t component, const std::optional<double>& missing) {
  const auto count = static_cast<std::size_t>(array.GetNumberOfTuples());
  const auto stride = static_cast<std::size_t>(array.GetNumberOfComponents());
  std::vector<float> values(count);
  const auto convert = [&](const auto* data) {
    using T = std::remove_cv_t<std::remove_pointer_t<decltype(data)>>;
    if (stride == 1) {
      to_float32<T>(std::span(data, count), missing, path, values);
    } else {
      std::vector<T> one(count);
      for (std::size_t i = 0; i < count; ++i) one[i] = data[i * stride + component];
      to_float32<T>(one, missing, path, values);
    }
  };
  switch (array.GetDataType()) {
    vtkTemplateMacro(convert(static_cast<const VTK_TT*>(array.GetVoidPointer(0))));
    default:
      throw_file_error(path, "array '{}' has no numeric type", array.GetName());
  }
  return values;
}

/// Calls f; VTK takes memory as the block sizes in a file say, which may be damaged.
template <class F>
auto with_memory_for(const std::filesystem::path& path, const F& f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    throw_file_error(path, "needs more memory than there is; it is too large, or damaged");
  }
}

}  // namespace

bool vtk_available() {
  return true;
}

ImageInfo read_image_info(const std::filesystem::path& path) {
  const InputFile file(path);
  const MessageCapture messages;
  const vtkNew<vtkXMLImageDataReader> reader;
  return with_memory_for(path, [&] { return read_header(file, *reader, messages); });
}

std::vector<float> read_image_array(const std::filesystem::path& path, const std::string& array,
                                    std::optional<std::size_t> component,
                                    const std::optional<double>& missing, const Grid& grid) {
  const InputFile file(path);
  const MessageCapture messages;
  const vtkNew<vtkXMLImageDataReader> reader;
  const ImageInfo info =
      with_memory_for(path, [&] { return read_header(file, *reader, messages); });
  const auto found = std::find_if(info.arrays.begin(), info.arrays.end(),
                                  [&](const ImageArray& a) { return a.name == array; });
  if (found == info.arrays.end())
    throw_file_error(path, "has no point array '{}'{}", array, listed(info.arrays, array));
  if (component.value_or(0) >= found->components || (!component && found->components > 1))
    throw_file_error(path, "array '{}' has {} components; choose one from 0 with 'component'",
                     array, found->components);
  if (!same_grid(grid, info.grid))
    throw_file_error(path,
                     "has a grid of {} x {} x {} samples, or its spacing or origin, other than "
                     "the {} x {} x {} of its series",
                     info.grid.dims.x, info.grid.dims.y, info.grid.dims.z, grid.dims.x, grid.dims.y,
                     grid.dims.z);
  reader->GetPointDataArraySelection()->DisableAllArrays();
  reader->GetCellDataArraySelection()->DisableAllArrays();
  reader->GetPointDataArraySelection()->EnableArray(array.c_str());
  with_memory_for(path, [&] { reader->Update(); });
  check_messages(path, messages, *reader);
  vtkDataArray* values = reader->GetOutput()->GetPointData()->GetArray(array.c_str());
  if (values == nullptr ||
      static_cast<std::size_t>(values->GetNumberOfTuples()) != grid.dims.count())
    throw_file_error(path, "array '{}' does not have {} values; the file is truncated", array,
                     grid.dims.count());
  return component_of(path, *values, component.value_or(0), missing);
}

}  // namespace stsr
