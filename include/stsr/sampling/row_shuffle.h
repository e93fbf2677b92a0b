#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stsr/sampling/permutation.h"

namespace stsr {

/// Consecutive rows of a variable.
struct RowRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Which rows stand at the places [begin, end) of one pass over the rows 0..n-1 of a variable.
///
/// Without chunks, the window is the whole pass and its rows are a permutation. With chunks, the
/// rows are cut into chunks of 2^chunk_bits consecutive ones, the chunks are shuffled over the
/// whole pass, the window takes the rows at its places in that order, and shuffles them: so a
/// window has rows of every part of the variable, but all rows of few chunks, which lie close
/// together in memory or on disk. (The last chunk, where it is short, comes last in every pass.)
///
/// Over the windows of a pass, every row stands at one place.
class RowShuffle {
 public:
  struct Window {
    std::uint64_t begin = 0;  ///< places
    std::uint64_t end = 0;
    std::size_t number = 0;  ///< in the pass
  };

  /// All n rows. @param stream  of the pass over the variable
  RowShuffle(std::uint64_t n, const RandomStream& stream);
  /// A window of the pass, not empty, with chunks.
  RowShuffle(std::uint64_t n, const RandomStream& stream, const Window& window, int chunk_bits);

  /// Replaces places in the window by their rows. Safe from several threads.
  void apply(std::span<std::uint64_t> places) const;

  /// The chunks that the window takes rows of, in no particular order; all rows without chunks.
  [[nodiscard]] std::vector<RowRange> chunks() const;

 private:
  [[nodiscard]] std::uint64_t chunk_at(std::uint64_t place) const;

  std::uint64_t n_;
  Window window_;
  Permutation order_;                  // of the places of the window
  std::optional<Permutation> chunks_;  // of the whole chunks of the pass; none below two of them
  int chunk_bits_ = -1;                // none
};

}  // namespace stsr
