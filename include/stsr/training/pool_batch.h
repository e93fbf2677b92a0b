#pragma once

#include <cstddef>
#include <cstdint>

#include "stsr/network/engine.h"
#include "stsr/sampling/row_pool.h"
#include "stsr/sampling/training_set.h"

namespace stsr {

/// A stretch of the row pool as a batch: groups [first, first + groups) of an epoch, with latent
/// noise that depends only on the seed and the group.
class PoolBatch final : public BatchSource {
 public:
  /// @param sigma  standard deviation of the latent noise; 0 for none
  PoolBatch(const TrainingSet& set, const RowPool& pool, std::size_t latent_length, double sigma,
            std::uint64_t seed, std::uint64_t epoch, std::size_t first, std::size_t groups);

  [[nodiscard]] std::size_t groups() const override { return groups_; }
  [[nodiscard]] std::size_t group_rows() const override { return pool_.group_size(); }
  void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override;

 private:
  const TrainingSet& set_;
  const RowPool& pool_;
  std::size_t latent_length_;
  float sigma_;
  std::uint64_t seed_;
  std::uint64_t epoch_;
  std::size_t first_;
  std::size_t groups_;
};

}  // namespace stsr
