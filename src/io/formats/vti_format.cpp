#include "vti_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "../file_signature.h"
#include "../input_file.h"
#include "../vtk/vtk_image.h"
#include "stsr/base/xml_text.h"
#include "stsr/io/formats.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// "velocity_x" of three components at most, "stress_5" of more, the array's name of one.
std::string component_name(const ImageArray& array, std::size_t component) {
  if (array.components == 1) return array.name;
  if (array.components <= 3) return fmt::format("{}_{}", array.name, "xyz"[component]);
  return fmt::format("{}_{}", array.name, component);
}

class VtiReader final : public FormatReader {
 public:
  /// Reads the header of the first file; the others must be there.
  VtiReader(std::vector<fs::path> files, const FileDescription& description)
      : files_(std::move(files)),
        missing_(description.missing),
        association_(description.association) {
    for (const fs::path& file : files_) (void)InputFile(file);
    const ImageInfo image = read_image_info(files_.front(), association_);
    for (const ImageArray& array : image.arrays)
      for (std::size_t component = 0; component < array.components; ++component) {
        FileVariable variable;
        variable.info.name = component_name(array, component);
        variable.info.grid = image.grid;
        variable.steps = files_.size();
        variable.array = array.name;
        variable.component = component;
        variable.components = array.components;
        variable.info.packing = packing_of(array, component);
        variables_.push_back(std::move(variable));
      }
  }

  [[nodiscard]] const std::vector<FileVariable>& variables() const override { return variables_; }
  [[nodiscard]] std::vector<fs::path> files() const override { return files_; }

  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    const FileVariable& one = variables_.at(variable);
    return read_image_array(files_.at(step), {one.array, one.components}, one.component,
                            {missing_, one.info.packing}, one.info.grid, association_);
  }

 private:
  [[nodiscard]] Packing packing_of(const ImageArray& array, std::size_t component) const {
    try {
      return packing_of_array(files_, array, component, missing_, association_);
    } catch (const FileError&) {
      return {};  // reading the values says what is wrong with them
    }
  }

  std::vector<fs::path> files_;
  std::optional<double> missing_;
  Association association_;
  std::vector<FileVariable> variables_;
};

/// zlib-compressed raw appended data, all variables of one grid and times in one file.
class VtiWriter final : public StepWriter {
 public:
  [[nodiscard]] bool shares_files() const override { return true; }
  [[nodiscard]] bool compresses() const override { return true; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override {
    return {};
  }

  void write(AtomicFile& file, const Grid& grid, std::span<const NamedValues> variables,
             std::size_t max_values) const override {
    write_image(file.partial_path(), file.path(), grid, variables, max_values);
  }

  [[nodiscard]] bool is_whole(const fs::path& path, const Grid& /*grid*/,
                              ElementType /*type*/) const override {
    const InputFile file(path);
    std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 64)), '\0');
    file.read(file.size() - tail.size(), std::as_writable_bytes(std::span(tail)));
    return tail.find("</VTKFile>") != std::string::npos;
  }

  [[nodiscard]] std::string index_extension() const override { return ".pvd"; }

  /// Times have as many digits as give the same number again.
  [[nodiscard]] std::string index_text(std::span<const std::string> files,
                                       std::span<const double> times) const override {
    std::string text = fmt::format(
        "<?xml version=\"1.0\"?>\n{}\n<VTKFile type=\"Collection\" version=\"0.1\">\n  "
        "<Collection>\n",
        index_mark);
    for (std::size_t step = 0; step < times.size(); ++step)
      text += fmt::format("    <DataSet timestep=\"{}\" part=\"0\" file=\"{}\"/>\n", times[step],
                          xml_escaped(files[step]));
    return text + "  </Collection>\n</VTKFile>\n";
  }
};

class VtiFormat final : public Format {
 public:
  VtiFormat()
      : Format({.name = "vti",
                .title = "VTK image data (.vti)",
                .extensions = {".vti"},
                .array_word = "point array"}) {}

  [[nodiscard]] bool recognises(std::span<const std::byte> first) const override {
    return has_xml_root(first, "<VTKFile", "type=\"ImageData\"");
  }
  [[nodiscard]] std::string_view missing_module() const override {
    return vtk_available() ? "" : "VTK";
  }
  [[nodiscard]] const StepWriter* writer() const override { return &writer_; }

 private:
  [[nodiscard]] std::unique_ptr<FormatReader> read_files(const FileSource& source) const override {
    return std::make_unique<VtiReader>(source.files, source.description);
  }

  VtiWriter writer_;
};

}  // namespace

const Format& vti_format() {
  static const VtiFormat format;
  return format;
}

}  // namespace stsr
