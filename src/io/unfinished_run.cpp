#include "unfinished_run.h"

#include <fmt/format.h>

#include <utility>

#include "file_pattern.h"
#include "input_file.h"
#include "stsr/base/file_error.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/toml_section.h"

namespace stsr {

namespace {

constexpr std::uint64_t largest_mark = 64 << 20;
constexpr std::uint64_t max_steps = 1 << 24;

/// One series; names that could lead out of the folder, or to files of others, are refused.
UnfinishedRun::Steps steps_of(const TomlSection& section) {
  const auto pattern = section.text("files");
  const auto count = section.whole("count");
  if (!pattern || !count) section.fail("files", "a series needs 'files' and 'count'");
  if (pattern->find_first_of("/*?") != std::string::npos || pattern->find('%') == std::string::npos)
    section.fail("files", "'files' must be a numbered pattern like \"speed_%04d.raw\"");
  if (*count > max_steps) section.fail("count", "'count' must be at most {}", max_steps);
  return {*pattern, static_cast<std::size_t>(*count)};
}

TomlSection parse(const std::filesystem::path& path) {
  const std::string text = read_text(InputFile(path), largest_mark);
  try {
    return {path.string(), text};
  } catch (const FileError&) {
    throw_file_error(path, "is not the mark of an unfinished run of STSR; choose another folder");
  }
}

}  // namespace

std::vector<std::string> UnfinishedRun::names_in(const std::filesystem::path& folder) const {
  std::vector<std::string> all;
  for (const Steps& series : steps) {
    for (std::string& name : numbered_in(folder, series.pattern, series.count))
      all.push_back(std::move(name));
    const std::string partial = side_file("", "partial").string();
    for (const std::string& name : numbered_in(folder, series.pattern + partial, series.count))
      all.push_back(name.substr(0, name.size() - partial.size()));
  }
  return all;
}

std::string unfinished_text(const UnfinishedRun& run) {
  std::string text = fmt::format(
      "# An unfinished data set of STSR (docs/formats.md): the command that writes it resumes\n"
      "# it with --resume and begins anew without. Do not remove this file from among its steps.\n"
      "stsr_unfinished = {}\n",
      unfinished_version);
  if (!run.fingerprint.empty()) text += fmt::format("run = \"{}\"\n", run.fingerprint);
  for (const UnfinishedRun::Steps& series : run.steps)
    text += fmt::format("\n[[series]]\nfiles = \"{}\"\ncount = {}\n", series.pattern, series.count);
  return text;
}

UnfinishedRun read_unfinished(const std::filesystem::path& path) {
  const TomlSection top = parse(path);
  const auto version = top.whole("stsr_unfinished");
  if (!version)
    throw_file_error(path, "is not the mark of an unfinished run of STSR; choose another folder");
  if (*version > unfinished_version)
    throw_file_error(path,
                     "was written by a newer version of STSR; use that, or remove the folder");
  UnfinishedRun run;
  run.fingerprint = top.text("run").value_or("");
  if (const auto series = top.sections("series"))
    for (const TomlSection& one : *series) run.steps.push_back(steps_of(one));
  return run;
}

}  // namespace stsr
