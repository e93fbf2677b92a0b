// The kernels with the vectors and blocks of AVX-512, for whatever processor the tests run on: the
// compiler splits the vectors. So the shapes of that set are tested where its instructions are
// missing.
#define STSR_KERNEL_SET wide
#define STSR_VECTOR_BYTES 64
#define STSR_BLOCK_ROWS 8
#include "kernels/kernels.inc"
