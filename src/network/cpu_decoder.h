#pragma once

#include <memory>
#include <span>

#include "stsr/network/engine.h"

namespace stsr {

/// A decoder for one latent vector: keeps a copy of the parameters and the folded modulations.
[[nodiscard]] std::unique_ptr<Decoder> make_cpu_decoder(const NetworkPlan& plan,
                                                        Precision precision,
                                                        std::span<const float> parameters,
                                                        std::span<const float> phi);

}  // namespace stsr
