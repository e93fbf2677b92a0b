#pragma once

#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkXMLImageDataWriter.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "test_folder.h"

namespace stsr {

/// `tuples` of values 0, 1, 2, ... of type T, and 20 more in each further component.
template <class T>
vtkSmartPointer<vtkDataArray> numbers(int vtk_type, const char* name, int components = 1,
                                      int tuples = 12) {
  const auto array = vtkSmartPointer<vtkDataArray>::Take(vtkDataArray::CreateDataArray(vtk_type));
  array->SetName(name);
  array->SetNumberOfComponents(components);
  array->SetNumberOfTuples(tuples);
  for (int i = 0; i < tuples; ++i)
    for (int c = 0; c < components; ++c) array->SetComponent(i, c, static_cast<T>(i + 20 * c));
  return array;
}

/// 3 x 2 x 2 points from the extent (2, 1, 0) on.
inline vtkSmartPointer<vtkImageData> image() {
  const auto data = vtkSmartPointer<vtkImageData>::New();
  data->SetExtent(2, 4, 1, 2, 0, 1);
  data->SetSpacing(0.5, 0.25, 2.0);
  data->SetOrigin(10.0, 20.0, 30.0);
  return data;
}

enum class Mode { ascii, binary, appended_raw, appended_base64 };
enum class Compression { none, zlib, lz4, lzma };

/// Everything that decides how VTK stores the values.
struct Encoding {
  Mode mode = Mode::appended_raw;
  Compression compression = Compression::none;
  bool big = false;
  bool words64 = false;
};

inline std::filesystem::path write(const TestFolder& folder, vtkImageData* data,
                                   const Encoding& encoding = {},
                                   const std::string& name = "a.vti") {
  const vtkNew<vtkXMLImageDataWriter> writer;
  const auto path = folder / name;
  writer->SetFileName(path.c_str());
  writer->SetInputData(data);
  if (encoding.mode == Mode::ascii) writer->SetDataModeToAscii();
  if (encoding.mode == Mode::binary) writer->SetDataModeToBinary();
  if (encoding.mode == Mode::appended_raw || encoding.mode == Mode::appended_base64)
    writer->SetDataModeToAppended();
  writer->SetEncodeAppendedData(encoding.mode == Mode::appended_base64 ? 1 : 0);
  writer->SetCompressorType(static_cast<int>(encoding.compression));
  writer->SetBlockSize(32);  // bytes: several blocks
  if (encoding.big) writer->SetByteOrderToBigEndian();
  if (encoding.words64)
    writer->SetHeaderTypeToUInt64();
  else
    writer->SetHeaderTypeToUInt32();
  EXPECT_EQ(writer->Write(), 1);
  return path;
}

/// 0, 1, 2, ..., 11 and more.
inline std::vector<float> count_to_12(float from = 0.0F) {
  std::vector<float> values(12);
  for (std::size_t i = 0; i < 12; ++i) values[i] = from + static_cast<float>(i);
  return values;
}

/// Bytes as base64, written here from RFC 4648.
inline std::string base64(std::string_view bytes) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? digits[bits >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

/// A number as it lies in memory.
template <class T>
std::string raw_bytes(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

/// The text of a .vti, part by part. Its points are the corners of a cube where nothing else is
/// said.
struct VtiText {
  std::string file;  ///< attributes of VTKFile
  std::string image = R"(WholeExtent="0 1 0 1 0 1" Origin="0 0 0" Spacing="1 1 1")";
  std::string extent = "0 1 0 1 0 1";
  std::string arrays;      ///< of the only piece
  std::string more;        ///< further pieces
  std::string appended{};  ///< raw

  [[nodiscard]] std::string text() const {
    const std::string data =
        appended.empty() ? "" : "<AppendedData encoding=\"raw\">_" + appended + "</AppendedData>";
    return "<VTKFile type=\"ImageData\" " + file + "><ImageData " + image + ">" +
           piece(extent, arrays) + more + "</ImageData>" + data + "</VTKFile>\n";
  }
  static std::string piece(const std::string& extent, const std::string& arrays) {
    return "<Piece Extent=\"" + extent + "\"><PointData>" + arrays + "</PointData></Piece>";
  }
};

/// An array "p" of type Float32, or what the attributes say in place of that.
inline std::string data_array(const std::string& values,
                              const std::string& attributes = R"(format="ascii")",
                              const std::string& begin = R"(type="Float32" Name="p")") {
  return "<DataArray " + begin + " " + attributes + ">" + values + "</DataArray>";
}

}  // namespace stsr
