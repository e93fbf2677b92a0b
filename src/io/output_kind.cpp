#include "stsr/io/output_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "file_signature.h"
#include "input_file.h"
#include "stsr/base/file_error.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Safetensors whose metadata name a format of STSR. In the header quotes within texts are escaped,
/// so what is searched for can only be a key.
bool is_our_model(std::span<const std::byte> begin) {
  return has_text_at(begin, 8, "{\"__metadata__\"") &&
         text_of(begin).find("\"format\":\"stsr-") != std::string_view::npos;
}

bool is_our_log(std::span<const std::byte> begin) {
  const std::string_view text = text_of(begin);
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.starts_with('{') && line.find("\"step\":") != std::string_view::npos &&
         line.find("\"seconds\":") != std::string_view::npos;
}

bool is_our_json(std::span<const std::byte> begin) {
  std::string text(text_of(begin.first(std::min<std::size_t>(begin.size(), 256))));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return text.starts_with(fmt::format("{{\"{}\":\"{}\"", json_mark_key, json_mark_value));
}

bool is_our_csv(std::span<const std::byte> begin) {
  constexpr std::string_view columns = "variable,step,time,group,";
  return has_text_at(begin, 0, columns) || has_text_at(begin, 0, fmt::format("result,{}", columns));
}

}  // namespace

void check_replaceable(const fs::path& path, const OutputKind& kind) {
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown)) return;  // AtomicFile refuses what is no file
  const InputFile file(path);
  if (file.size() == 0) return;
  std::vector<std::byte> begin(
      static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), OutputKind::recognised_bytes)));
  file.read(0, begin);
  if (!kind.is_ours(begin))
    throw_file_error(
        path, "exists and is not {} that STSR wrote; choose another name, or remove the file",
        kind.name);
}

const OutputKind model_output{"a model", is_our_model};
const OutputKind training_log_output{"a training log", is_our_log};
const OutputKind json_output{"a JSON file", is_our_json};
const OutputKind scores_csv_output{"a table of scores", is_our_csv};

}  // namespace stsr
