#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stsr/io/element_type.h"
#include "stsr/io/format_reader.h"
#include "stsr/io/step_writer.h"
#include "stsr/volume/grid.h"

namespace stsr {

class Format;

/// Formats in the order in which they are asked whether a file is theirs.
using FormatList = std::span<const Format* const>;

/// What a format is called, how its files are found, and what they say of themselves.
struct FormatInfo {
  std::string name;                     ///< as in `format = "vti"` and --format vti
  std::string title;                    ///< for messages: "VTK image data"
  std::vector<std::string> extensions;  ///< lower case, ".nii.gz"; the first is of what is written
  /// A folder that holds a file of such a name is a data set of this format: "dataset.toml", or,
  /// for any name that ends so, "*.pvd".
  std::vector<std::string> folder_marks{};
  std::string array_word = "array";  ///< what it calls one, for messages: "point array"
  bool index = false;                ///< its files name others and hold no values themselves
  bool several_steps = false;        ///< in one file
  bool needs_description = false;    ///< the file does not say its grid and type
};

/// Where the values of a mesh lie.
enum class Association { points, cells };

/// What is known of files beside them, from a data set file.
struct FileDescription {
  std::optional<double> missing;  ///< the fill value, compared in the type of the file
  Association association = Association::points;  ///< which arrays are meant, of formats with both
  /// Of formats that need a description alone:
  std::optional<Grid> grid;
  ElementType type = ElementType::float32;
  std::endian order = std::endian::little;
  std::uint64_t header_bytes = 0;  ///< to skip at the start of each file
};

/// What is to be opened.
struct FileSource {
  std::vector<std::filesystem::path> files;  ///< in the order of their time steps; at least one
  FileDescription description{};
  FormatList formats{};  ///< those that the files of an index may have
};

/// A file format. One object per format, in the table of formats.cpp; without state.
class Format {
 public:
  explicit Format(FormatInfo info) : info_(std::move(info)) {}
  virtual ~Format() = default;
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;

  [[nodiscard]] const FormatInfo& info() const { return info_; }

  /// Whether a file that begins with these bytes (`recognition_bytes` of them, or the whole file)
  /// is of this format. False where bytes cannot tell, as of raw.
  [[nodiscard]] virtual bool recognises(std::span<const std::byte> first) const = 0;

  /// The optional module (of -DSTSR_WITH_<module>=ON) that reading and writing need and this build
  /// lacks; empty where it has all.
  [[nodiscard]] virtual std::string_view missing_module() const = 0;

  /// @throws FileError  the module is missing, or as read_files().
  [[nodiscard]] std::unique_ptr<FormatReader> open(const FileSource& source) const;

  /// How files are written; null where the format is only read.
  [[nodiscard]] virtual const StepWriter* writer() const = 0;

 private:
  /// Reads what is needed to describe the files, and no values. Sizes from a file are checked
  /// before memory is taken for them.
  /// @throws FileError  a file is missing, malformed, truncated or of another format.
  [[nodiscard]] virtual std::unique_ptr<FormatReader> read_files(
      const FileSource& source) const = 0;

  FormatInfo info_;
};

}  // namespace stsr
