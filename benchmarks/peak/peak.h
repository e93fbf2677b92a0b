#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace stsr {

/// What one thread can do at most: independent chains a <- a x + y that live in registers. No
/// memory is touched, so only the arithmetic units and the clock bound it.
struct PeakLoop {
  std::string_view instruction_set;  ///< "portable", "avx2", "avx512"
  std::string_view precision;        ///< of the factors, "float32" or "bf16"; sums are float32
  double operations;                 ///< of one iteration; a multiply-add counts 2
  /// Runs `iterations` iterations; what it returns depends on all of them.
  float (*run)(std::size_t iterations);
};

/// The loops of this machine, weakest instruction set first.
[[nodiscard]] std::vector<PeakLoop> available_peak_loops();

/// Operations a second of a loop on `threads` threads at once: the best of `slices` slices of
/// `slice_seconds`, as a peak is what the machine does while nothing disturbs it.
[[nodiscard]] double measure_peak(const PeakLoop& loop, int threads, int slices,
                                  double slice_seconds);

}  // namespace stsr
