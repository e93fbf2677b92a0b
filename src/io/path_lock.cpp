#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "locked_descriptor.h"
#include "stsr/base/file_error.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

namespace {

/// " (process 123)" from the text of a lock file, or nothing where its holder has not written yet.
std::string holder_of(const std::filesystem::path& lock) {
  const int descriptor = open(lock.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return {};
  std::array<char, 24> text{};
  const ssize_t length = read(descriptor, text.data(), text.size());
  close(descriptor);
  std::string digits;
  for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) digits += text[i];
  return digits.empty() ? digits : " (process " + digits + ")";
}

}  // namespace

PathLock::PathLock(const std::filesystem::path& path) : lock_(side_file(path, "lock")) {
  const LockedDescriptor opened = open_locked(lock_);
  if (opened.held)
    throw_file_error(path, "is in use by another run{}; wait for it or choose another place",
                     holder_of(lock_));
  if (opened.descriptor < 0)
    throw_file_error(path, "cannot be locked: {} '{}'; choose a folder that exists and is writable",
                     errno_text(opened.error), lock_.string());
  descriptor_ = opened.descriptor;
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor_, 0) != 0 ||
      ::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    const int error = errno;
    unlink(lock_.c_str());
    close(descriptor_);
    throw_file_error(path, "cannot be locked: writing '{}' failed: {}", lock_.string(),
                     errno_text(error));
  }
}

PathLock::~PathLock() {
  // Removed while still held: whoever opened the file meanwhile sees that the name is gone and
  // makes a new one (open_locked).
  unlink(lock_.c_str());
  close(descriptor_);
}

}  // namespace stsr
