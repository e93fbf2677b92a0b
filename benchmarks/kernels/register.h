#pragma once

namespace stsr {

/// Registers the benchmarks of one group of kernels, one for each instruction set of the machine:
/// <kernel>/<instruction set>/<shape>.
void register_elementwise();
void register_dense();

}  // namespace stsr
