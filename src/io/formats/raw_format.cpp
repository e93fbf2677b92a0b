#include "raw_format.h"

#include <algorithm>

#include "../mapped_values.h"
#include "../raw_values.h"
#include "../scratch_copy.h"
#include "../step_pieces.h"
#include "stsr/base/file_error.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

class RawReader final : public FormatReader {
 public:
  RawReader(std::vector<fs::path> files, const RawLayout& layout, const Grid& grid)
      : files_(std::move(files)), layout_(layout), variables_(1) {
    variables_[0].info.grid = grid;
    variables_[0].steps = files_.size();
    for (const fs::path& file : files_) check_raw_size(InputFile(file), layout_, grid.dims);
    layout_.packing = packing_of(files_, layout_, grid.dims);
    variables_[0].info.packing = layout_.packing;
  }

  [[nodiscard]] const std::vector<FileVariable>& variables() const override { return variables_; }
  [[nodiscard]] std::vector<fs::path> files() const override { return files_; }

  [[nodiscard]] std::vector<float> read(std::size_t /*variable*/, std::size_t step) const override {
    return read_raw(InputFile(files_.at(step)), layout_, dims());
  }

  /// Reads the rows of the box alone.
  [[nodiscard]] std::vector<float> read_box(std::size_t /*variable*/, std::size_t step,
                                            const SampleBox& box) const override {
    check_box(box, dims());
    const InputFile file(files_.at(step));
    check_raw_size(file, layout_, dims());
    std::vector<float> values(box.dims.count());
    std::span<float> left(values);
    for_each_run(dims(), box, [&](std::size_t first, std::size_t count) {
      read_raw(file, layout_, first, left.first(count));
      left = left.subspan(count);
    });
    return values;
  }

  [[nodiscard]] StoredStep map(std::size_t /*variable*/, std::size_t step,
                               const fs::path& scratch) const override {
    const InputFile file(files_.at(step));
    if (!is_plain_float32(layout_)) return map_converted(file, scratch);
    const auto owner = std::make_shared<const MappedValues>(file, layout_, dims());
    return {owner->values(), owner, file.path().string()};
  }

 private:
  [[nodiscard]] const Dims& dims() const { return variables_[0].info.grid.dims; }

  /// A copy of a file, of which only a piece at a time is in memory.
  [[nodiscard]] StoredStep map_converted(const InputFile& file, const fs::path& scratch) const {
    check_raw_size(file, layout_, dims());
    const auto copy = make_scratch_copy(scratch, dims().count());
    const std::span<float> values = copy->values();
    for (std::size_t begin = 0; begin < values.size(); begin += StepValues::largest_in_memory) {
      const std::size_t left = values.size() - begin;
      read_raw(file, layout_, begin,
               values.subspan(begin, std::min(left, StepValues::largest_in_memory)));
      copy->release_memory();
    }
    return stored_copy(copy, scratch, file.path().string());
  }

  std::vector<fs::path> files_;
  RawLayout layout_;
  std::vector<FileVariable> variables_;  // one
};

class RawWriter final : public StepWriter {
 public:
  [[nodiscard]] bool shares_files() const override { return false; }
  [[nodiscard]] bool compresses() const override { return false; }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override {
    const bool little = std::endian::native == std::endian::little;
    return {{"byte_order", little ? "\"little\"" : "\"big\""}};
  }

  void write(AtomicFile& file, const Grid& /*grid*/, std::span<const NamedValues> variables,
             std::size_t max_values) const override {
    for (const NamedValues& variable : variables)
      for_each_piece(*variable.values, max_values / 4, [&](std::span<const float> piece) {
        unpacked(piece, variable, [&](auto values) { file.write(std::as_bytes(values)); });
      });
  }

  [[nodiscard]] bool is_whole(const fs::path& file, const Grid& grid,
                              ElementType type) const override {
    return InputFile(file).size() == checked_product({grid.dims.count(), bytes_of(type)});
  }

  [[nodiscard]] std::string index_extension() const override { return {}; }
  [[nodiscard]] std::string index_text(std::span<const std::string> /*files*/,
                                       std::span<const double> /*times*/) const override {
    return {};
  }
};

class RawFormat final : public Format {
 public:
  RawFormat()
      : Format({.name = "raw",
                .title = "a raw volume",
                .extensions = {".raw", ".bin"},
                .needs_description = true}) {}

  [[nodiscard]] bool recognises(std::span<const std::byte> /*first*/) const override {
    return false;  // any bytes can be values
  }
  [[nodiscard]] std::string_view missing_module() const override { return {}; }
  [[nodiscard]] const StepWriter* writer() const override { return &writer_; }

 private:
  [[nodiscard]] std::unique_ptr<FormatReader> read_files(const FileSource& source) const override {
    const FileDescription& told = source.description;
    if (!told.grid)
      throw_file_error(source.files.front(),
                       "holds raw values, which do not say their grid and type; describe them in a "
                       "data set file (.toml) and open that");
    return std::make_unique<RawReader>(
        source.files, RawLayout{told.type, told.order, told.header_bytes, told.missing},
        *told.grid);
  }

  RawWriter writer_;
};

}  // namespace

const Format& raw_format() {
  static const RawFormat format;
  return format;
}

}  // namespace stsr
