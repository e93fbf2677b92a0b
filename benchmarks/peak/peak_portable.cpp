// What the compiler makes for any machine of this architecture (SSE2 on x86-64: no fused
// multiply-add, so a product and a sum apart).
#define STSR_PEAK_LOOP peak_portable
#define STSR_PEAK_SET "portable"
#define STSR_PEAK_BYTES 16
#define STSR_PEAK_CHAINS 14
#include "peak_loop.inc"
