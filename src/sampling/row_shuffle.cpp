#include "stsr/sampling/row_shuffle.h"

#include <algorithm>

namespace stsr {

RowShuffle::RowShuffle(std::uint64_t n, const RandomStream& stream)
    : n_(n), window_{0, n, 0}, order_(n, stream) {}

RowShuffle::RowShuffle(std::uint64_t n, const RandomStream& stream, const Window& window,
                       int chunk_bits)
    : n_(n),
      window_(window),
      order_(window.end - window.begin, stream, window.number + 1),
      chunk_bits_(chunk_bits) {
  const std::uint64_t whole_chunks = n >> chunk_bits;
  if (whole_chunks > 1) chunks_.emplace(whole_chunks, stream);
}

std::uint64_t RowShuffle::chunk_at(std::uint64_t place) const {
  return chunks_ && place < chunks_->size() ? (*chunks_)(place) : place;
}

void RowShuffle::apply(std::span<std::uint64_t> places) const {
  for (std::uint64_t& place : places) place -= window_.begin;
  order_.apply(places);
  if (chunk_bits_ < 0) return;
  const std::uint64_t in_chunk = (std::uint64_t{1} << chunk_bits_) - 1;
  for (std::uint64_t& place : places) {
    place += window_.begin;
    place = (chunk_at(place >> chunk_bits_) << chunk_bits_) | (place & in_chunk);
  }
}

std::vector<RowRange> RowShuffle::chunks() const {
  if (chunk_bits_ < 0) return {{0, n_}};
  std::vector<RowRange> ranges;
  const std::uint64_t length = std::uint64_t{1} << chunk_bits_;
  for (std::uint64_t k = window_.begin >> chunk_bits_; k <= (window_.end - 1) >> chunk_bits_; ++k) {
    const std::uint64_t first = chunk_at(k) << chunk_bits_;
    ranges.push_back({first, std::min(length, n_ - first)});
  }
  return ranges;
}

}  // namespace stsr
