#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "../input_file.h"

namespace stsr {

/// The text of an XML element, read forward from a place in a file.
class FileText {
 public:
  FileText(const InputFile& file, std::uint64_t place) : file_(file), next_(place) {}

  /// Where the file goes on.
  [[nodiscard]] std::uint64_t place() const { return next_ - (buffer_.size() - at_); }
  /// The byte here; '<' past the end of the file.
  [[nodiscard]] char peek();
  void skip_space();
  /// Past the start tag of an element, which begins here. @throws FileError  none does.
  void skip_tag();
  /// The next word of the text, until the next call; empty where the text ends.
  [[nodiscard]] std::string_view word();

 private:
  bool fill();

  const InputFile& file_;
  std::uint64_t next_;  // what follows the buffer
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace stsr
