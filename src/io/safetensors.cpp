#include "stsr/io/safetensors.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

#include "file_signature.h"
#include "input_file.h"
#include "stsr/base/file_error.h"
#include "stsr/base/shape.h"
#include "stsr/base/text.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

namespace {

using nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t largest_header = 100'000'000;  // the published limit
constexpr const char* metadata_key = "__metadata__";

struct TypeName {
  TensorType type;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<TypeName, 4> types{{{TensorType::f32, "F32", 4},
                                         {TensorType::f64, "F64", 8},
                                         {TensorType::u8, "U8", 1},
                                         {TensorType::i64, "I64", 8}}};

const TypeName& entry_of(TensorType type) {
  return *std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.type == type; });
}

/// Little endian on every machine.
std::array<std::byte, length_bytes> encode_length(std::uint64_t value) {
  std::array<std::byte, length_bytes> bytes{};
  for (std::size_t i = 0; i < length_bytes; ++i)
    bytes[i] = static_cast<std::byte>(value >> (8 * i));
  return bytes;
}

std::uint64_t decode_length(const std::array<std::byte, length_bytes>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < length_bytes; ++i)
    value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

/// The header as JSON. Depth is bounded and duplicate keys are refused while parsing, since a
/// reader that keeps the first of two tensors and one that keeps the last see different files.
json parse_header(const std::filesystem::path& path, const std::string& text) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > 3) throw_file_error(path, "the header is nested too deeply; it is not safetensors");
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw_file_error(path, "the header names '{}' twice; write the file again",
                       parsed.get<std::string>());
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    throw_file_error(path, "the header is not valid JSON at its byte {}; the file is damaged",
                     error.byte);
  } catch (const json::exception& error) {
    throw_file_error(path, "the header cannot be read ({}); the file is damaged",
                     untagged(error.what()));
  }
}

json read_header(const InputFile& file, std::uint64_t& data_begin) {
  const auto first = first_bytes(file);
  if (const std::string other = foreign_file(first);
      !other.empty() && !has_text_at(first, length_bytes, "{"))
    throw_file_error(file.path(), "{}", other);
  if (file.size() < length_bytes)
    throw_file_error(file.path(), "has {} bytes; a safetensors file has at least {}", file.size(),
                     length_bytes);
  std::array<std::byte, length_bytes> prefix{};
  file.read(0, prefix);
  const std::uint64_t length = decode_length(prefix);
  if (!has_text_at(first, length_bytes, "{"))
    throw_file_error(file.path(),
                     "is no model of STSR (safetensors) and no data set that it reads; "
                     "docs/formats.md lists the formats");
  if (length > largest_header)
    throw_file_error(file.path(), "header length {} exceeds {}; the file is not safetensors",
                     length, largest_header);
  if (length > file.size() - length_bytes)
    throw_file_error(file.path(), "header length {} exceeds the file's {} bytes; it is truncated",
                     length, file.size());
  std::string text(static_cast<std::size_t>(length), '\0');
  file.read(length_bytes, std::as_writable_bytes(std::span(text)));
  data_begin = length_bytes + length;
  return parse_header(file.path(), text);
}

std::map<std::string, std::string> parse_metadata(const InputFile& file, const json& header) {
  std::map<std::string, std::string> metadata;
  const auto found = header.find(metadata_key);
  if (found == header.end()) return metadata;
  if (!found->is_object()) throw_file_error(file.path(), "{} is not a JSON object", metadata_key);
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string())
      throw_file_error(file.path(), "{}: '{}' is not a string", metadata_key, key);
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// A list of whole numbers from 0 that fit std::uint64_t.
std::optional<std::vector<std::uint64_t>> whole_numbers(const json& tensor, const char* key) {
  const auto found = tensor.find(key);
  if (found == tensor.end() || !found->is_array()) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  for (const json& item : *found) {
    if (!item.is_number_unsigned()) return std::nullopt;
    numbers.push_back(item.get<std::uint64_t>());
  }
  return numbers;
}

TensorType parse_type(const InputFile& file, const std::string& name, const json& tensor) {
  const auto found = tensor.find("dtype");
  if (found == tensor.end() || !found->is_string())
    throw_file_error(file.path(), "tensor '{}' has no dtype", name);
  const auto text = found->get<std::string>();
  for (const TypeName& type : types)
    if (type.name == text) return type.type;
  throw_file_error(file.path(),
                   "tensor '{}' has dtype '{}'; STSR reads F32, F64, U8 and I64: convert it", name,
                   text);
}

TensorEntry parse_tensor(const InputFile& file, const std::string& name, const json& tensor,
                         std::uint64_t data_begin) {
  if (!tensor.is_object())
    throw_file_error(file.path(), "the entry of tensor '{}' is not a JSON object", name);
  for (const auto& [key, value] : tensor.items())
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      throw_file_error(file.path(), "tensor '{}' has the unknown key '{}'", name, key);
  TensorEntry entry;
  entry.type = parse_type(file, name, tensor);
  const auto shape = whole_numbers(tensor, "shape");
  const auto offsets = whole_numbers(tensor, "data_offsets");
  if (!shape) throw_file_error(file.path(), "tensor '{}' has no valid shape", name);
  if (!offsets || offsets->size() != 2)
    throw_file_error(file.path(), "tensor '{}' has no valid pair data_offsets", name);
  const auto [begin, end] = std::pair((*offsets)[0], (*offsets)[1]);
  const std::uint64_t available = file.size() - data_begin;
  if (begin > end || end > available)
    throw_file_error(file.path(),
                     "tensor '{}' lies at bytes {} to {} of the {} that the file has; it is "
                     "truncated or damaged",
                     name, begin, end, available);
  std::uint64_t size = element_size(entry.type);
  try {
    for (const std::uint64_t extent : *shape) size = checked_product({size, extent});
  } catch (const ShapeError& error) {
    throw_file_error(file.path(), "tensor '{}': {}", name, error.what());
  }
  if (size != end - begin)
    throw_file_error(file.path(), "tensor '{}' needs {} bytes for its shape but has {}", name, size,
                     end - begin);
  entry.shape.assign(shape->begin(), shape->end());
  entry.begin = data_begin + begin;
  entry.end = data_begin + end;
  return entry;
}

/// Tensors must follow one another without holes or overlap and fill the file.
void check_contiguous(const InputFile& file, const TensorTable& table, std::uint64_t data_begin) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  for (const auto& [name, entry] : table.tensors) places.emplace_back(entry.begin, entry.end);
  std::sort(places.begin(), places.end());
  std::uint64_t expected = data_begin;
  for (const auto& [begin, end] : places) {
    if (begin != expected)
      throw_file_error(file.path(), "a tensor begins at byte {} where {} was expected: tensors {}",
                       begin, expected, begin < expected ? "overlap" : "leave a hole");
    expected = end;
  }
  if (expected != file.size())
    throw_file_error(file.path(), "has {} bytes after the last tensor; the file is damaged",
                     file.size() - expected);
}

TensorTable read_table(const InputFile& file) {
  std::uint64_t data_begin = 0;
  const json header = read_header(file, data_begin);
  TensorTable table;
  table.metadata = parse_metadata(file, header);
  for (const auto& [name, tensor] : header.items())
    if (name != metadata_key) table.tensors[name] = parse_tensor(file, name, tensor, data_begin);
  check_contiguous(file, table, data_begin);
  return table;
}

using NamedTensor = std::pair<const std::string, Tensor>;

/// Checked, and in the order of the file: large elements first, which aligns all of them.
std::vector<const NamedTensor*> ordered(const TensorFile& content) {
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& item : content.tensors) {
    const auto& [name, tensor] = item;
    std::size_t size = element_size(tensor.type);
    for (const std::size_t extent : tensor.shape) size = checked_product({size, extent});
    if (size != tensor.size())
      throw ShapeError(fmt::format("tensor '{}' needs {} bytes for its shape but has {}", name,
                                   size, tensor.size()));
    if (name == metadata_key)
      throw ValueError(fmt::format("a tensor cannot be named '{}'", metadata_key));
    order.push_back(&item);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return element_size(a->second.type) > element_size(b->second.type);
  });
  return order;
}

std::string make_header(const TensorFile& content, const std::vector<const NamedTensor*>& order) {
  json header = json::object();
  if (!content.metadata.empty()) header[metadata_key] = content.metadata;
  std::uint64_t offset = 0;
  for (const NamedTensor* item : order) {
    const auto& [name, tensor] = *item;
    const std::uint64_t end = offset + tensor.size();
    header[name] = {{"dtype", entry_of(tensor.type).name},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const json::type_error&) {
    throw ValueError("a tensor name or a metadata text is not valid UTF-8");
  }
  text.append((length_bytes - text.size() % length_bytes) % length_bytes, ' ');
  return text;
}

}  // namespace

std::size_t Tensor::size() const {
  std::size_t size = bytes.size();
  for (const std::span<const std::byte> part : borrowed) size += part.size();
  return size;
}

std::size_t element_size(TensorType type) {
  return entry_of(type).size;
}

TensorTable read_safetensors_table(const std::filesystem::path& path) {
  return read_table(InputFile(path));
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  const InputFile file(path);
  const TensorTable table = read_table(file);
  TensorFile content;
  content.metadata = table.metadata;
  for (const auto& [name, entry] : table.tensors) {
    Tensor& tensor = content.tensors[name];
    tensor.type = entry.type;
    tensor.shape = entry.shape;
    tensor.bytes.resize(static_cast<std::size_t>(entry.end - entry.begin));
    file.read(entry.begin, tensor.bytes);
  }
  return content;
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& content) {
  const auto order = ordered(content);
  const std::string header = make_header(content, order);
  if (header.size() > largest_header)
    throw ValueError(fmt::format("the header of '{}' would have {} bytes; the format allows {}",
                                 path.string(), header.size(), largest_header));
  AtomicFile file(path);
  file.write(encode_length(header.size()));
  file.write(header);
  for (const NamedTensor* item : order) {
    file.write(item->second.bytes);
    for (const std::span<const std::byte> part : item->second.borrowed) file.write(part);
  }
  file.commit();
}

}  // namespace stsr
