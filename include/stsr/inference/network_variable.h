#pragma once

#include <cstddef>
#include <memory>

#include "stsr/model/model.h"
#include "stsr/network/evaluator.h"

namespace stsr {

/// A variable of a network field: what is known of it, and the network for it.
struct NetworkVariable {
  TrainedVariable trained;
  std::shared_ptr<const Decoder> decoder;  ///< shared by the variables of a CoordNet
  /// The decoder's head of the first block; those of the others follow it. The number of the
  /// variable where the network has an output for each (CoordNet).
  std::size_t first_head = 0;
};

}  // namespace stsr
