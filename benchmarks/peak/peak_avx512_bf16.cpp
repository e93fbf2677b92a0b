// Dot products of bf16 pairs into float32 sums (vdpbf16ps): 32 multiply-adds an instruction.
#include <immintrin.h>

#include "peak.h"

namespace stsr {

namespace {

constexpr std::size_t chains = 24;
constexpr std::size_t multiply_adds = 32;  // of one instruction

float run(std::size_t iterations) {
  __m512 sums[chains];
  for (std::size_t k = 0; k < chains; ++k) sums[k] = _mm512_set1_ps(static_cast<float>(k));
  const __m512bh x = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.5F), _mm512_set1_ps(-0.5F));
  for (std::size_t i = 0; i < iterations; ++i)
#pragma GCC unroll 32
    for (std::size_t k = 0; k < chains; ++k) sums[k] = _mm512_dpbf16_ps(sums[k], x, x);
  __m512 total = _mm512_setzero_ps();
  for (const __m512& sum : sums) total = _mm512_add_ps(total, sum);
  float result = 0.0F;
  for (std::size_t lane = 0; lane < sizeof total / sizeof result; ++lane) result += total[lane];
  return result;
}

}  // namespace

extern const PeakLoop peak_avx512_bf16;
const PeakLoop peak_avx512_bf16{"avx512", "bf16", 2.0 * multiply_adds* chains, run};

}  // namespace stsr
