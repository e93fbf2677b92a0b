#pragma once

#include <vtkSmartPointer.h>
#include <vtkXMLDataElement.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../input_file.h"
#include "number_text.h"
#include "stsr/base/file_error.h"

namespace stsr {

/// The XML of one of VTK's files: its elements, and where its appended data begin.
struct XmlTree {
  vtkSmartPointer<vtkXMLDataElement> root;
  std::uint64_t appended = 0;  ///< byte of the file; 0 where there are none
};

/// Parses the elements; what lies in the appended data is left alone.
/// @throws FileError  malformed.
[[nodiscard]] XmlTree parse_xml(const InputFile& file);

/// "DataArray 'p'", "Piece".
[[nodiscard]] std::string title_of(vtkXMLDataElement& element);

/// An attribute; empty where there is none.
[[nodiscard]] std::string_view text_of(vtkXMLDataElement& element, const char* attribute);

/// The elements directly in `parent` that are called `name`.
[[nodiscard]] std::vector<vtkXMLDataElement*> children(vtkXMLDataElement& parent,
                                                       std::string_view name);

/// The N numbers of an attribute. @throws FileError  it says anything else.
template <class T, std::size_t N>
[[nodiscard]] std::array<T, N> numbers_of(const std::filesystem::path& path,
                                          vtkXMLDataElement& element, const char* attribute) {
  const auto fail = [&] {
    throw_file_error(path, "{}=\"{}\" of {} must be {} {}number{}", attribute,
                     excerpt(trimmed(text_of(element, attribute))), title_of(element), N,
                     std::is_integral_v<T> ? "whole " : "", N == 1 ? "" : "s");
  };
  if (element.GetAttribute(attribute) == nullptr)
    throw_file_error(path, "{} has no {}", title_of(element), attribute);
  std::array<T, N> numbers{};
  std::size_t count = 0;
  for (std::string_view rest = trimmed(text_of(element, attribute)); !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n"));
    const auto number = parse_number<T>(word);
    if (count == N || !number || !std::isfinite(static_cast<double>(*number))) fail();
    numbers[count++] = *number;
    rest = trimmed(rest.substr(word.size()));
  }
  if (count != N) fail();
  return numbers;
}

/// The same; `otherwise` where the attribute is not there.
template <class T, std::size_t N>
[[nodiscard]] std::array<T, N> numbers_or(const std::filesystem::path& path,
                                          vtkXMLDataElement& element, const char* attribute,
                                          const std::array<T, N>& otherwise) {
  if (element.GetAttribute(attribute) == nullptr) return otherwise;
  return numbers_of<T, N>(path, element, attribute);
}

}  // namespace stsr
