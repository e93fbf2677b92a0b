#include "input_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "stsr/base/file_error.h"

namespace stsr {

InputFile::InputFile(std::filesystem::path path) : path_(std::move(path)) {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) throw_file_error(path_, "cannot be read: {}", errno_text(errno));
  struct stat status {};
  if (fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor_);
    throw_file_error(path_, "is not a regular file; give the name of a file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

InputFile::~InputFile() {
  close(descriptor_);
}

const void* InputFile::map(std::size_t bytes) const {
  const void* address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor_, 0);
  if (address == MAP_FAILED)
    throw_file_error(path_, "cannot be mapped into memory: {}", errno_text(errno));
  return address;
}

void InputFile::read(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t count = pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0) {
      if (errno == EINTR) continue;
      throw_file_error(path_, "cannot be read: {}", errno_text(errno));
    }
    if (count == 0)
      throw_file_error(path_, "ends at byte {}, {} bytes too early; it is truncated", offset,
                       out.size());
    offset += static_cast<std::uint64_t>(count);
    out = out.subspan(static_cast<std::size_t>(count));
  }
}

void InputFile::lock_shared() const {
  (void)flock(descriptor_, LOCK_SH | LOCK_NB);
}

std::string read_text(const InputFile& file, std::uint64_t limit) {
  if (file.size() > limit)
    throw_file_error(file.path(), "has {} bytes; a file of this kind has at most {}", file.size(),
                     limit);
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  file.read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace stsr
