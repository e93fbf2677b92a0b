#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataWriter.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "image_pieces.h"
#include "stsr/base/file_error.h"
#include "stsr/base/xml_text.h"
#include "stsr/io/message_capture.h"
#include "vtk_image.h"

namespace stsr {

namespace {

/// Of zlib's levels this one gives the most for its time: float32 volumes of a network shrink to
/// 0.856 of their size at 38 MB/s and core, at level 5 to 0.849 at 31 MB/s.
constexpr int compression_level = 1;

void check_dims(const std::filesystem::path& path, const Grid& grid) {
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (grid.dims[axis] > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      throw_file_error(path, "{} samples along {} are too many for a .vti", grid.dims[axis],
                       "xyz"[axis]);
}

/// The whole image, with the values where they are.
vtkSmartPointer<vtkImageData> whole_image(const Grid& grid, std::span<const NamedValues> arrays) {
  const auto image = vtkSmartPointer<vtkImageData>::New();
  image->SetDimensions(static_cast<int>(grid.dims.x), static_cast<int>(grid.dims.y),
                       static_cast<int>(grid.dims.z));
  image->SetSpacing(grid.spacing.data());
  image->SetOrigin(grid.origin.data());
  for (const NamedValues& array : arrays) {
    const std::span<const float> values = array.values->values();
    if (array.type == ElementType::float32 && array.packing.plain()) {
      const vtkNew<vtkFloatArray> named;
      named->SetName(xml_escaped(array.name).c_str());  // VTK writes names as they are
      // VTK only reads them: SetArray has no const overload. 1: VTK does not free them.
      named->SetArray(const_cast<float*>(values.data()), static_cast<vtkIdType>(values.size()), 1);
      image->GetPointData()->AddArray(named);
    } else {
      image->GetPointData()->AddArray(unpacked_array(array, values));
    }
  }
  return image;
}

/// Connects the writer with the values.
void set_input(vtkXMLImageDataWriter& writer, const Grid& grid, std::span<const NamedValues> arrays,
               std::size_t max_in_piece) {
  if (std::none_of(arrays.begin(), arrays.end(),
                   [](const NamedValues& array) { return array.values->mapped(); })) {
    writer.SetInputData(whole_image(grid, arrays));
    return;
  }
  const auto counts = piece_counts(grid.dims, max_in_piece / arrays.size());
  const vtkNew<ImagePieces> pieces;
  pieces->describe(grid, arrays, counts);
  writer.SetInputConnection(pieces->GetOutputPort());
  writer.SetNumberOfPieces(static_cast<int>(counts[0] * counts[1]));
}

}  // namespace

void write_image(const std::filesystem::path& partial, const std::filesystem::path& path,
                 const Grid& grid, std::span<const NamedValues> arrays, std::size_t max_in_piece) {
  const MessageCapture messages;
  check_dims(path, grid);
  const vtkNew<vtkXMLImageDataWriter> writer;
  set_input(*writer, grid, arrays, max_in_piece);
  writer->SetFileName(partial.c_str());
  writer->SetDataModeToAppended();
  writer->SetEncodeAppendedData(0);
  writer->SetCompressorTypeToZLib();
  writer->SetCompressionLevel(compression_level);
  writer->SetHeaderTypeToUInt64();
  errno = 0;
  const int written = writer->Write();
  // VTK notices that a write failed but not why; the last failure of the system tells.
  const int error = errno;
  const std::string first = messages.first();
  if (written == 1 && first.empty() && writer->GetErrorCode() == 0) return;
  throw_file_error(path, "writing failed: {}; the unfinished file is removed",
                   error != 0 ? errno_text(error) : first);
}

}  // namespace stsr
