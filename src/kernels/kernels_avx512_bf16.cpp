#define STSR_KERNEL_SET avx512_bf16
#define STSR_VECTOR_BYTES 64
#define STSR_BLOCK_ROWS 8
#include "kernels.inc"
