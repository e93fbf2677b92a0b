#include "stsr/training/pool_batch.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "stsr/base/random.h"

namespace stsr {

PoolBatch::PoolBatch(const TrainingSet& set, const RowPool& pool, std::size_t latent_length,
                     double sigma, std::uint64_t seed, std::uint64_t epoch, std::size_t first,
                     std::size_t groups)
    : set_(set),
      pool_(pool),
      latent_length_(latent_length),
      sigma_(static_cast<float>(sigma)),
      seed_(seed),
      epoch_(epoch),
      first_(first),
      groups_(groups) {}

void PoolBatch::fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
                     std::uint32_t* variables, float* noise) const {
  const std::size_t size = pool_.group_size();
  const std::size_t heads = set_.heads();
  std::vector<std::uint64_t> rows(size);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = first_ + begin + i;
    const RowGroup group = pool_.group(epoch_, index, rows);
    variables[i] = static_cast<std::uint32_t>(group.variable);
    float* group_coordinates = coordinates + i * size * coordinate_count;
    float* group_targets = targets + i * size * heads;
    set_.gather(group.variable, std::span(rows).first(group.count), group_coordinates,
                group_targets);
    // Rows that a short group lacks: any coordinates, no target.
    std::fill(group_coordinates + group.count * coordinate_count,
              group_coordinates + size * coordinate_count, 0.0F);
    std::fill(group_targets + group.count * heads, group_targets + size * heads,
              std::numeric_limits<float>::quiet_NaN());
    const std::span eps(noise + i * latent_length_, latent_length_);
    if (sigma_ == 0.0F) {
      std::fill(eps.begin(), eps.end(), 0.0F);
      continue;
    }
    RandomStream{seed_, RandomUse::noise, epoch_ * pool_.groups_per_epoch() + index}.fill_normal(
        eps);
    for (float& value : eps) value *= sigma_;
  }
}

}  // namespace stsr
