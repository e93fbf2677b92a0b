#include "stsr/io/formats.h"

#include <algorithm>
#include <array>

#include "file_signature.h"
#include "formats/dataset_file.h"
#include "formats/pvd_format.h"
#include "formats/raw_format.h"
#include "formats/vti_format.h"
#include "lower_case.h"
#include "stsr/base/file_error.h"
#include "stsr/base/text.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

bool has_extension(const Format& format, const std::string& name) {
  const auto& extensions = format.info().extensions;
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const std::string& extension) { return name.ends_with(extension); });
}

}  // namespace

FormatList all_formats() {
  // In the order in which files are tried and folders searched; the first that writes and is built
  // in is the default of what is written.
  static const std::array<const Format*, 4> table{
      &dataset_file_format(),
      &pvd_format(),
      &vti_format(),
      &raw_format(),
  };
  return table;
}

const Format* find_format(const fs::path& file, FormatList formats) {
  const auto first = first_bytes(InputFile(file));
  for (const Format* format : formats)
    if (format->recognises(first)) return format;
  const std::string name = lower_case(file.filename().string());
  for (const Format* format : formats)
    if (has_extension(*format, name)) return format;
  return nullptr;
}

const Format& format_named(std::string_view name, FormatList formats) {
  std::vector<std::string> names;
  for (const Format* format : formats) {
    if (format->info().name == name) return *format;
    names.push_back(format->info().name);
  }
  throw ValueError(fmt::format("there is no format '{}'{}", name, name_hint(name, names)));
}

std::vector<std::string> output_format_names() {
  std::vector<std::string> names;
  for (const Format* format : all_formats())
    if (format->writer() != nullptr) names.push_back(format->info().name);
  return names;
}

const Format& default_output_format() {
  const FormatList formats = all_formats();
  return **std::find_if(formats.begin(), formats.end(), [](const Format* format) {
    return format->writer() != nullptr && format->missing_module().empty();
  });
}

std::unique_ptr<FormatReader> Format::open(const FileSource& source) const {
  if (!missing_module().empty())
    throw_file_error(source.files.front(),
                     "is {}, but this build of STSR has no {} to read it; build it with "
                     "-DSTSR_WITH_{}=ON, or use raw files",
                     info_.title, missing_module(), missing_module());
  return read_files(source);
}

}  // namespace stsr
