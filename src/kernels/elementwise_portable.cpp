#define STSR_KERNEL_TABLE elementwise_portable
#include "elementwise_kernels.inc"
