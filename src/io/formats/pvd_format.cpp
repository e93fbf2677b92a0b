#include "pvd_format.h"

#include <algorithm>
#include <string_view>

#include "../file_signature.h"
#include "../vtk/vtk_image.h"
#include "stsr/base/file_error.h"
#include "stsr/io/formats.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// The files of a series, whose times the series tells.
class SeriesReader final : public FormatReader {
 public:
  SeriesReader(fs::path path, std::unique_ptr<FormatReader> steps, const std::vector<double>& times)
      : path_(std::move(path)), steps_(std::move(steps)), variables_(steps_->variables()) {
    for (FileVariable& variable : variables_) {
      if (variable.steps != times.size())
        throw_file_error(path_,
                         "names {} files, which hold {} time steps; it must name one per step",
                         times.size(), variable.steps);
      variable.info.times = times;
    }
  }

  [[nodiscard]] const std::vector<FileVariable>& variables() const override { return variables_; }

  [[nodiscard]] std::vector<fs::path> files() const override {
    std::vector<fs::path> all = steps_->files();
    all.push_back(path_);
    return all;
  }

  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    return steps_->read(variable, step);
  }
  [[nodiscard]] std::vector<float> read_box(std::size_t variable, std::size_t step,
                                            const SampleBox& box) const override {
    return steps_->read_box(variable, step, box);
  }
  [[nodiscard]] StoredStep map(std::size_t variable, std::size_t step,
                               const fs::path& scratch) const override {
    return steps_->map(variable, step, scratch);
  }

 private:
  fs::path path_;
  std::unique_ptr<FormatReader> steps_;
  std::vector<FileVariable> variables_;
};

class PvdFormat final : public Format {
 public:
  PvdFormat()
      : Format({.name = "pvd",
                .title = "a VTK time series (.pvd, .vti.series)",
                .extensions = {".pvd", ".vti.series"},
                .folder_marks = {"*.pvd", "*.vti.series"},
                .index = true,
                .several_steps = true}) {}

  [[nodiscard]] bool recognises(std::span<const std::byte> first) const override {
    const std::string_view text(reinterpret_cast<const char*>(first.data()), first.size());
    const bool json =
        text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())).starts_with('{');
    return json ? text.find("\"file-series-version\"") != std::string_view::npos
                : has_xml_root(first, "<VTKFile", "type=\"Collection\"");
  }
  [[nodiscard]] std::string_view missing_module() const override {
    return vtk_available() ? "" : "VTK";
  }
  [[nodiscard]] const StepWriter* writer() const override { return nullptr; }

 private:
  [[nodiscard]] std::unique_ptr<FormatReader> read_files(const FileSource& source) const override {
    const fs::path& path = source.files.front();
    FileSource steps{{}, source.description, source.formats};
    std::vector<double> times;
    for (const SeriesEntry& entry : read_series(path)) {
      steps.files.push_back(entry.file);
      times.push_back(entry.time);
    }
    return std::make_unique<SeriesReader>(path, format_named("vti", source.formats).open(steps),
                                          times);
  }
};

}  // namespace

const Format& pvd_format() {
  static const PvdFormat format;
  return format;
}

}  // namespace stsr
