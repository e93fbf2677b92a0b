// 32 registers of 16 numbers, fused multiply-add.
#define STSR_PEAK_LOOP peak_avx512
#define STSR_PEAK_SET "avx512"
#define STSR_PEAK_BYTES 64
#define STSR_PEAK_CHAINS 24
#include "peak_loop.inc"
