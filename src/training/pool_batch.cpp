#include "stsr/training/pool_batch.h"

#include <algorithm>
#include <array>

#include "stsr/base/random.h"

namespace stsr {

PoolBatch::PoolBatch(const TrainingSet& set, const RowPool& pool, std::size_t latent_length,
                     double sigma, std::uint64_t seed, std::uint64_t epoch, std::size_t first,
                     std::size_t groups)
    : set_(set),
      slice_(pool, epoch, first, groups),
      group_rows_(pool.group_size()),
      latent_length_(latent_length),
      sigma_(static_cast<float>(sigma)),
      noise_{seed, RandomUse::noise, epoch * pool.groups_per_epoch() + first} {}

void PoolBatch::fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
                     std::uint32_t* variables, float* noise) const {
  std::array<TrainingRow, 64> buffer;
  const std::size_t slots = count * group_rows_;
  std::size_t group = 0;  // the next one whose first slot is to come
  for (std::size_t slot = 0; slot < slots; slot += buffer.size()) {
    const auto rows = std::span(buffer).first(std::min(buffer.size(), slots - slot));
    slice_.rows(begin * group_rows_ + slot, rows);
    set_.gather(rows, coordinates + slot * coordinate_count, targets + slot * set_.heads());
    for (; group * group_rows_ < slot + rows.size(); ++group)
      variables[group] = rows[group * group_rows_ - slot].variable;
  }
  for (std::size_t i = 0; i < count; ++i)
    write_noise(begin + i, {noise + i * latent_length_, latent_length_});
}

void PoolBatch::write_noise(std::size_t group, std::span<float> eps) const {
  if (sigma_ == 0.0F) {
    std::fill(eps.begin(), eps.end(), 0.0F);
    return;
  }
  RandomStream stream = noise_;
  stream.index += group;
  stream.fill_normal(eps);
  for (float& value : eps) value *= sigma_;
}

}  // namespace stsr
