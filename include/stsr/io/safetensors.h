#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stsr {

/// Element types of a safetensors file that STSR uses.
enum class TensorType { f32, f64, u8, i64 };

/// A named array in row-major (C) order, little endian.
struct Tensor {
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;  // product(shape) * element size
};

/// Content of a safetensors file: tensors by name, and the `__metadata__` map of strings.
struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a safetensors file. Header length, offsets, shapes and types are checked against the
/// file's size before anything is allocated.
/// @throws FileError  naming the file, the field, the value and the remedy.
[[nodiscard]] TensorFile read_safetensors(const std::filesystem::path& path);

/// Writes beside the final name and renames. @throws FileError
void write_safetensors(const std::filesystem::path& path, const TensorFile& content);

}  // namespace stsr
