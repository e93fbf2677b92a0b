#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "../input_file.h"

namespace stsr {

/// Bytes that lie in a file as they are or as base64, from one of its bytes on.
class StoredBytes {
 public:
  /// @param name  of the array, for messages
  /// @param end   byte of the file that they do not reach beyond
  StoredBytes(const InputFile& file, std::string name, bool base64, std::uint64_t begin,
              std::uint64_t end)
      : file_(file), name_(std::move(name)), base64_(base64), begin_(begin), end_(end) {}

  /// Most bytes that there can be.
  [[nodiscard]] std::uint64_t available() const;
  /// The byte of the file where the first `bytes` of them end.
  [[nodiscard]] std::uint64_t place_of(std::uint64_t bytes) const;
  /// Those that follow the first `bytes`, encoded by themselves.
  [[nodiscard]] StoredBytes behind(std::uint64_t bytes) const {
    return {file_, name_, base64_, place_of(bytes), end_};
  }
  /// Fills `out` with those from `offset` on. @throws FileError  there are fewer, or no base64.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  void read_base64(std::uint64_t offset, std::span<std::byte> out) const;
  [[noreturn]] void fail_at_end() const;

  const InputFile& file_;
  std::string name_;
  bool base64_;
  std::uint64_t begin_;
  std::uint64_t end_;
};

}  // namespace stsr
