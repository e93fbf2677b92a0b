#include "stsr/rendering/png.h"

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>
#include <vtkPNGWriter.h>
#include <vtkPointData.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>

#include "stsr/base/file_error.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/message_capture.h"

namespace stsr {

std::vector<std::uint8_t> png_bytes(const Image& image) {
  check_image(image);
  vtkNew<vtkImageData> data;
  data->SetDimensions(static_cast<int>(image.width), static_cast<int>(image.height), 1);
  data->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  auto* out = static_cast<std::uint8_t*>(data->GetScalarPointer());
  const std::size_t row = image.width * 3;  // VTK's rows run from bottom to top
  for (std::size_t y = 0; y < image.height; ++y)
    std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                out + (image.height - 1 - y) * row);
  const MessageCapture messages;
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputData(data);
  writer->WriteToMemoryOn();
  writer->Write();
  vtkUnsignedCharArray* bytes = writer->GetResult();
  if (bytes == nullptr || bytes->GetNumberOfValues() == 0)
    throw ValueError("VTK cannot write a PNG picture: " + messages.first());
  return {bytes->GetPointer(0), bytes->GetPointer(0) + bytes->GetNumberOfValues()};
}

void write_png(const std::filesystem::path& path, const Image& image) {
  const auto bytes = png_bytes(image);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

Image read_png(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code))
    throw_file_error(path, "is missing or not a file");

  // 1. Whatever VTK reads, 8 or 16 bits, with or without colour and opacity.
  const MessageCapture messages;
  vtkNew<vtkPNGReader> reader;
  if (reader->CanReadFile(path.c_str()) == 0) throw_file_error(path, "is no PNG file");
  reader->SetFileName(path.c_str());
  reader->Update();
  vtkImageData* data = reader->GetOutput();
  if (reader->GetErrorCode() != 0 || !messages.first().empty() ||
      data->GetPointData()->GetScalars() == nullptr)
    throw_file_error(path, "is a damaged PNG file: {}", messages.first());

  // 2. As 8-bit colours over white, rows from top to bottom.
  const int parts = data->GetNumberOfScalarComponents();
  const double full = data->GetScalarType() == VTK_UNSIGNED_SHORT ? 65535.0 : 255.0;
  Image image{static_cast<std::size_t>(data->GetDimensions()[0]),
              static_cast<std::size_t>(data->GetDimensions()[1]),
              {}};
  image.pixels.resize(image.width * image.height * 3);
  vtkDataArray* values = data->GetPointData()->GetScalars();
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const auto at = static_cast<vtkIdType>((image.height - 1 - y) * image.width + x);
      const double opacity = parts % 2 == 0 ? values->GetComponent(at, parts - 1) / full : 1.0;
      for (int c = 0; c < 3; ++c) {
        const double part = values->GetComponent(at, parts < 3 ? 0 : c) / full;
        image.pixels[(y * image.width + x) * 3 + static_cast<std::size_t>(c)] =
            static_cast<std::uint8_t>(std::lround(255.0 * (opacity * part + (1.0 - opacity))));
      }
    }
  return image;
}

}  // namespace stsr
