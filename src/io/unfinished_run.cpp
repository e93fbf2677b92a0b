#include "unfinished_run.h"

#include <fmt/format.h>

#include "file_pattern.h"
#include "input_file.h"
#include "toml_section.h"

namespace stsr {

namespace {

constexpr std::uint64_t largest_mark = 64 << 20;
constexpr std::uint64_t most_steps = 1 << 24;

/// One series; names that could lead out of the folder, or to files of others, are refused.
UnfinishedRun::Steps steps_of(const TomlSection& section) {
  const auto pattern = section.text("files");
  const auto count = section.whole("count");
  if (!pattern || !count) section.fail("files", "a series needs 'files' and 'count'");
  if (pattern->find_first_of("/*?") != std::string::npos || pattern->find('%') == std::string::npos)
    section.fail("files", "'files' must be a numbered pattern like \"speed_%04d.raw\"");
  if (*count > most_steps) section.fail("count", "'count' must be at most {}", most_steps);
  return {*pattern, static_cast<std::size_t>(*count)};
}

toml::table parse(const std::filesystem::path& path) {
  try {
    return toml::parse(read_text(InputFile(path), largest_mark));
  } catch (const toml::parse_error&) {
    throw_file_error(path, "is not the mark of an unfinished run of STSR; choose another folder");
  }
}

}  // namespace

std::vector<std::string> UnfinishedRun::names() const {
  std::vector<std::string> all;
  for (const Steps& series : steps)
    for (const auto& file : expand_pattern("", series.pattern, 0, series.count))
      all.push_back(file.string());
  return all;
}

std::string unfinished_text(const UnfinishedRun& run) {
  std::string text = fmt::format(
      "# An unfinished data set of STSR (docs/formats.md): the command that writes it goes on "
      "with\n"
      "# --resume and begins anew without. Do not remove this file from among its steps.\n"
      "stsr_unfinished = {}\n",
      unfinished_version);
  if (!run.fingerprint.empty()) text += fmt::format("run = \"{}\"\n", run.fingerprint);
  for (const UnfinishedRun::Steps& series : run.steps)
    text += fmt::format("\n[[series]]\nfiles = \"{}\"\ncount = {}\n", series.pattern, series.count);
  return text;
}

UnfinishedRun read_unfinished(const std::filesystem::path& path) {
  const toml::table table = parse(path);
  const TomlSection top(path, table);
  const auto version = top.whole("stsr_unfinished");
  if (!version)
    throw_file_error(path, "is not the mark of an unfinished run of STSR; choose another folder");
  if (*version > unfinished_version)
    throw_file_error(path,
                     "was written by a newer version of STSR; use that, or remove the folder");
  UnfinishedRun run;
  run.fingerprint = top.text("run").value_or("");
  if (const toml::array* series = table["series"].as_array(); series != nullptr)
    for (const toml::node& node : *series)
      if (const toml::table* one = node.as_table(); one != nullptr)
        run.steps.push_back(steps_of(TomlSection(path, *one)));
  return run;
}

}  // namespace stsr
