#pragma once

#include <cstddef>

#include "stsr/kernels/compute_options.h"
#include "stsr/network/network_plan.h"

namespace stsr {

/// One measurement of the network alone, without files: what is run, and for how long.
struct NetworkRun {
  enum class Pass { training, inference };
  Pass pass = Pass::training;
  NetworkConfig network;
  std::size_t variables = 4;
  std::size_t heads = 8;  ///< blocks; a CoordNet has one, and an output per variable
  std::size_t rows = 8000;
  std::size_t group_rows = 64;  ///< that share a draw of the noise; divides `rows`
  ComputeOptions compute;
  double seconds = 1.0;  ///< at least, after one step that is not counted
};

/// What it came to. A step is one training step (gradient and Adam) or one evaluation of all rows.
struct NetworkTimes {
  std::size_t steps = 0;
  double fastest = 0.0;  ///< seconds of a step
  double median = 0.0;
  double slowest = 0.0;
  double operations = 0.0;  ///< useful ones of a step, see operations.h
};

/// Runs it as `compute` says.
/// @throws ValueError  group_rows does not divide rows; the network's shape is out of range; the
///                     precision does not pay here (see check_pays).
[[nodiscard]] NetworkTimes measure(const NetworkRun& run);

}  // namespace stsr
