// 16 registers of 8 numbers, fused multiply-add.
#define STSR_PEAK_LOOP peak_avx2
#define STSR_PEAK_SET "avx2"
#define STSR_PEAK_BYTES 32
#define STSR_PEAK_CHAINS 12
#include "peak_loop.inc"
