#define STSR_KERNEL_SET avx2
#define STSR_VECTOR_BYTES 32
#define STSR_BLOCK_ROWS 6
#include "kernels.inc"
