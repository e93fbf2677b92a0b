#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace stsr {

/// The values of one time step on their way to a file, however many: up to `largest_in_memory` they
/// lie in memory, beyond that in a nameless file in `folder` that is mapped into memory, so that
/// the system can take the memory back whenever it is needed. Movable; the file goes with its
/// owner.
class StepValues {
 public:
  /// 16 Mi float32 values, 64 MiB.
  static constexpr std::size_t largest_in_memory = std::size_t{1} << 24;

  /// Zeros. @param folder  where the output goes; must exist
  /// @throws FileError  the folder's disk has no room for the values.
  StepValues(const std::filesystem::path& folder, std::size_t count,
             std::size_t in_memory = largest_in_memory);
  StepValues(StepValues&&) noexcept;
  StepValues& operator=(StepValues&&) noexcept;
  ~StepValues();

  [[nodiscard]] std::span<float> values();
  [[nodiscard]] std::span<const float> values() const;
  [[nodiscard]] bool mapped() const;

  /// Gives back the memory behind mapped values, which stay as they are; a no-op for the others.
  void release_memory() const;

 private:
  class Storage;
  std::unique_ptr<Storage> storage_;
};

}  // namespace stsr
