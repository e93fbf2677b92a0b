#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stsr/base/random.h"
#include "stsr/network/engine.h"
#include "stsr/sampling/epoch_slice.h"
#include "stsr/sampling/training_set.h"

namespace stsr {

/// A slice of the row pool as a batch: groups [first, first + groups) of an epoch, with latent
/// noise that depends only on the seed and the group.
class PoolBatch final : public BatchSource {
 public:
  /// @param sigma  standard deviation of the latent noise; 0 for none
  PoolBatch(const TrainingSet& set, const RowPool& pool, std::size_t latent_length, double sigma,
            std::uint64_t seed, std::uint64_t epoch, std::size_t first, std::size_t groups);

  [[nodiscard]] std::size_t groups() const override { return slice_.groups(); }
  [[nodiscard]] std::size_t group_rows() const override { return group_rows_; }
  /// Allocates nothing.
  void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override;

 private:
  void write_noise(std::size_t group, std::span<float> eps) const;

  const TrainingSet& set_;
  EpochSlice slice_;
  std::size_t group_rows_;
  std::size_t latent_length_;
  float sigma_;
  RandomStream noise_;  // of the first group
};

}  // namespace stsr
