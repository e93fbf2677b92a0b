#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace stsr {

/// A regular file open for reading.
class InputFile {
 public:
  /// @throws FileError  missing, not a regular file, or not readable.
  explicit InputFile(std::filesystem::path path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// In bytes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Maps the first `bytes` of the file, read-only, until munmap; closing the file does not end it.
  /// @throws FileError  the system refuses.
  [[nodiscard]] const void* map(std::size_t bytes) const;
  /// Fills `out` with the bytes from `offset`. @throws FileError  the file ends before.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  /// Holds a shared flock while the file is open, where the file system has locks, so that no
  /// writer of ours replaces what is being read.
  void lock_shared() const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The whole file. @throws FileError  as above, or larger than `limit` bytes.
[[nodiscard]] std::string read_text(const InputFile& file, std::uint64_t limit);

}  // namespace stsr
