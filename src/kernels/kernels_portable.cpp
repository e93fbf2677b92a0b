#define STSR_KERNEL_SET portable
#define STSR_VECTOR_BYTES 16
#define STSR_BLOCK_ROWS 6
#include "kernels.inc"
