#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace stsr {

/// Element types of a safetensors file that STSR uses.
enum class TensorType { f32, f64, u8, i64 };

/// Bytes of one element.
[[nodiscard]] std::size_t element_size(TensorType type);

/// A named array in row-major (C) order, little endian.
struct Tensor {
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;  // product(shape) * element size
  /// Only for writing: what follows `bytes`, which whoever made the tensor keeps until then.
  std::vector<std::span<const std::byte>> borrowed = {};

  /// Of both.
  [[nodiscard]] std::size_t size() const;
};

/// Content of a safetensors file: tensors by name, and the `__metadata__` map of strings.
struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Where a tensor lies in its file: bytes [begin, end).
struct TensorEntry {
  TensorType type = TensorType::f32;
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// What the header of a safetensors file says.
struct TensorTable {
  std::map<std::string, TensorEntry> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads a safetensors file. Header length, offsets, shapes and types are checked against the
/// file's size before anything is allocated.
/// Source: https://huggingface.co/docs/safetensors, section Format.
/// @throws FileError  naming the file, the field, the value and the remedy.
[[nodiscard]] TensorFile read_safetensors(const std::filesystem::path& path);

/// The same checks, without reading the tensors' values: cheap for large files.
/// @throws FileError  as read_safetensors.
[[nodiscard]] TensorTable read_safetensors_table(const std::filesystem::path& path);

/// Writes beside the final name and renames. Tensors lie in the order of falling element size, then
/// of their names, so each begins at a multiple of its element size.
/// @throws FileError  it cannot be written; ShapeError  a tensor's bytes do not fit its shape;
/// ValueError  a name or a metadata text is not UTF-8.
void write_safetensors(const std::filesystem::path& path, const TensorFile& content);

}  // namespace stsr
