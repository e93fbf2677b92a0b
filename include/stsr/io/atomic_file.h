#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace stsr {

/// `<path>.stsr-<what>`: what STSR puts beside a file while it works, under a name that nobody else
/// gives.
[[nodiscard]] std::filesystem::path side_file(std::filesystem::path path, const char* what);

/// A file that appears under its final name only when it is whole: written as
/// `<name>.stsr-partial`, synced and renamed by commit(), removed by the destructor otherwise.
class AtomicFile {
 public:
  /// @throws FileError  the folder is missing or not writable, `path` is a folder or a device, or
  /// another run is writing the same file.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends. @throws FileError  e.g. the disk is full.
  void write(std::span<const std::byte> bytes);
  void write(const std::string& text);
  /// The final name.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Where the bytes go until commit(); for libraries that write by path.
  [[nodiscard]] const std::filesystem::path& partial_path() const { return partial_; }
  /// Flushes, closes and renames. @throws FileError
  void commit();

 private:
  [[noreturn]] void fail(const char* action, int error) const;

  std::filesystem::path path_;
  std::filesystem::path partial_;
  int descriptor_ = -1;
  bool committed_ = false;
};

/// Holds `<path>.stsr-lock` until destruction, so that two runs do not write to one place. The lock
/// is the kernel's (flock), so one left by a process that is gone is taken over; where the file
/// system has no locks, a warning says so.
class PathLock {
 public:
  /// @throws FileError  another run holds it (the message names its process), or the lock file
  /// cannot be made.
  explicit PathLock(const std::filesystem::path& path);
  ~PathLock();
  PathLock(const PathLock&) = delete;
  PathLock& operator=(const PathLock&) = delete;

 private:
  std::filesystem::path lock_;
  int descriptor_ = -1;
};

}  // namespace stsr
