#define STSR_KERNEL_TABLE elementwise_avx512
#include "elementwise_kernels.inc"
