#include "stsr/io/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "locked_descriptor.h"
#include "stsr/base/file_error.h"
#include "stsr/base/warning.h"

namespace stsr {

namespace {

/// Makes a rename durable; file systems that cannot sync a folder are left alone.
void sync_folder(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

bool names_descriptor(const std::filesystem::path& path, int descriptor) {
  struct stat named {};
  struct stat opened {};
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/// What flock gives where the file system has none, as some network file systems.
bool knows_no_locks(int error) {
  return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EINVAL;
}

}  // namespace

std::filesystem::path side_file(std::filesystem::path path, const char* what) {
  path += std::string(".stsr-") + what;
  return path;
}

LockedDescriptor open_locked(const std::filesystem::path& path) {
  while (true) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor < 0) return {-1, false, errno};
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      if (knows_no_locks(error)) {
        warn(fmt::format(
            "{}: this file system knows no locks ({}); see that no other run writes here",
            path.string(), errno_text(error)));
        return {descriptor, false, 0};
      }
      close(descriptor);
      if (error == EINTR) continue;
      return {-1, error == EWOULDBLOCK, error};
    }
    if (names_descriptor(path, descriptor)) return {descriptor, false, 0};
    close(descriptor);  // the name now belongs to another file: try that one
  }
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), partial_(side_file(path_, "partial")) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path_, ignored);
  if (!path_.has_filename() || std::filesystem::is_directory(status))
    throw_file_error(path_, "is a folder; give the name of a file");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw_file_error(path_, "exists and is not a regular file; choose another name");
  const LockedDescriptor opened = open_locked(partial_);
  if (opened.held)
    throw_file_error(path_, "another run is writing this file; wait for it or choose another name");
  if (opened.descriptor < 0)
    throw_file_error(path_, "cannot be created: {}; choose a folder that exists and is writable",
                     errno_text(opened.error));
  descriptor_ = opened.descriptor;
  if (ftruncate(descriptor_, 0) != 0) {
    const int error = errno;
    close(descriptor_);
    throw_file_error(path_, "cannot be emptied: {}", errno_text(error));
  }
}

AtomicFile::~AtomicFile() {
  if (!committed_) unlink(partial_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
}

void AtomicFile::fail(const char* action, int error) const {
  throw_file_error(path_, "{} failed: {}; the unfinished file is removed", action,
                   errno_text(error));
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("writing", errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::write(const std::string& text) {
  write(std::as_bytes(std::span(text)));
}

void AtomicFile::commit() {
  if (fsync(descriptor_) != 0) fail("writing", errno);
  // Renamed before the descriptor closes: the lock on it keeps other writers of the name away.
  if (rename(partial_.c_str(), path_.c_str()) != 0) fail("renaming", errno);
  committed_ = true;
  const int descriptor = std::exchange(descriptor_, -1);
  if (close(descriptor) != 0 && errno != EINTR)
    throw_file_error(path_, "closing failed: {}; the file may be incomplete", errno_text(errno));
  sync_folder(path_);
}

}  // namespace stsr
