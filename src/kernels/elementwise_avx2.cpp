#define STSR_KERNEL_TABLE elementwise_avx2
#include "elementwise_kernels.inc"
