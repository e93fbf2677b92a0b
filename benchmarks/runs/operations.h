#pragma once

#include "stsr/network/network_plan.h"

namespace stsr {

/// Multiply-adds of one row's way through each part of the network: one a weight.
struct MultiplyAdds {
  double synthesis = 0.0;  ///< trunk, heads and output layers: once per row
  double modulator = 0.0;  ///< of trunk and heads: once a latent vector
};

[[nodiscard]] MultiplyAdds multiply_adds(const NetworkPlan& plan);

/// Useful floating-point operations of one training pass over `rows` rows in groups of
/// `group_rows`: forward, and twice as much backward,
///   3 * 2 * (rows * synthesis + rows / group_rows * modulator).
/// Sines, biases, modulation, the loss and the optimiser are not counted: they are the price.
[[nodiscard]] double training_operations(const NetworkPlan& plan, std::size_t rows,
                                         std::size_t group_rows);

/// The same of evaluating `rows` rows of one variable: 2 * rows * synthesis. The modulator runs
/// once per variable, when its decoder is made, outside of what is timed.
[[nodiscard]] double inference_operations(const NetworkPlan& plan, std::size_t rows);

}  // namespace stsr
