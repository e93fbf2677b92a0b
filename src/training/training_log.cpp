#include "stsr/training/training_log.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "stsr/base/error.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

std::filesystem::path log_path(const std::filesystem::path& output) {
  std::filesystem::path path = output;
  path += ".log.jsonl";
  return path;
}

void start_log(const std::filesystem::path& output) {
  AtomicFile(log_path(output)).commit();
}

void cut_log(const std::filesystem::path& output, std::size_t last_step) {
  std::ifstream old(log_path(output));
  AtomicFile log(log_path(output));
  for (std::string line; std::getline(old, line);) {
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.contains("step") && entry["step"].is_number_unsigned() &&
        entry["step"].get<std::size_t>() <= last_step)
      log.write(line + "\n");
  }
  log.commit();
}

void append_to_log(const std::filesystem::path& output, const LogEntry& entry) {
  nlohmann::json line;
  for (const auto& [name, value] : entry)
    std::visit([&, &key = name](const auto& v) { line[key] = v; }, value);
  std::ofstream log(log_path(output), std::ios::app);
  log << line.dump() << '\n';
  if (!log.flush())
    throw FileError(
        fmt::format("{}: cannot be written; is the disk full?", log_path(output).string()));
}

}  // namespace stsr
