#include "stsr/io/step_values.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "stsr/base/file_error.h"
#include "stsr/base/memory.h"
#include "stsr/base/shape.h"

namespace stsr {

/// Either a vector or a mapping of a file that has no name any more.
class StepValues::Storage {
 public:
  Storage(const std::filesystem::path& folder, std::size_t count, std::size_t in_memory)
      : count_(count) {
    if (count <= in_memory) {
      memory_.resize(count);
      return;
    }
    bytes_ = checked_product({count, sizeof(float)});
    std::string name = (folder / ".values-XXXXXX").string();
    const int descriptor = mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0)
      throw_file_error(folder, "cannot hold {} values: {}", count, errno_text(errno));
    unlink(name.c_str());
    // Taken at once: a full disk must be an error here, not a signal when a value is set.
    int error = 0;
    do error = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes_));
    while (error == EINTR);  // Ctrl-C is noticed elsewhere
    void* address = error != 0
                        ? MAP_FAILED
                        : mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    const int map_error = errno;
    close(descriptor);
    if (address == MAP_FAILED)
      throw_file_error(folder, "cannot hold {} values: {}", count,
                       errno_text(error != 0 ? error : map_error));
    mapping_ = static_cast<float*>(address);
  }
  ~Storage() {
    if (mapping_ != nullptr) munmap(mapping_, bytes_);
  }
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  [[nodiscard]] std::span<float> values() {
    return mapping_ != nullptr ? std::span(mapping_, count_) : std::span(memory_);
  }
  [[nodiscard]] bool mapped() const { return mapping_ != nullptr; }
  void release_memory() const {
    if (mapping_ != nullptr) release_mapped({mapping_, count_});
  }

 private:
  std::size_t count_;
  std::size_t bytes_ = 0;
  std::vector<float> memory_;
  float* mapping_ = nullptr;
};

StepValues::StepValues(const std::filesystem::path& folder, std::size_t count,
                       std::size_t in_memory)
    : storage_(std::make_unique<Storage>(folder, count, in_memory)) {}

StepValues::StepValues(StepValues&&) noexcept = default;
StepValues& StepValues::operator=(StepValues&&) noexcept = default;
StepValues::~StepValues() = default;

std::span<float> StepValues::values() {
  return storage_->values();
}
std::span<const float> StepValues::values() const {
  return storage_->values();
}
bool StepValues::mapped() const {
  return storage_->mapped();
}
void StepValues::release_memory() const {
  storage_->release_memory();
}

}  // namespace stsr
