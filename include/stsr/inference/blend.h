#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stsr/inference/output_variable.h"
#include "stsr/model/model.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// A weighted mixture of the variables of a model (method section 6): phi = sum_i w_i mu_i, value
/// range = the same mixture of the ranges, missing where a variable in the mixture is missing.
///
/// @param weights  one a variable of the model, at least 0, adding up to 1 (within 1e-6)
/// @param name     of the result; its unit is that of the variables where all agree, else empty
/// @throws ValueError  the model is a CoordNet, which has no latents; on the weights; where
/// variables in the mixture differ in grid, times or
///   reduction (the message names both); on a request that output_grid refuses.
[[nodiscard]] OutputVariable blend(const Model& model, std::span<const double> weights,
                                   const std::string& name, const GridRequest& request);

/// The mixtures phi = (1 - a) mu_from + a mu_to for `count` values of a from 0 to 1, ends included,
/// called `<from>_<to>_000`, `<from>_<to>_001`, ...
/// @throws ValueError  count is below 2 or above 1000, an index is out of range; as above.
[[nodiscard]] std::vector<OutputVariable> blend_series(const Model& model, std::size_t from,
                                                       std::size_t to, std::size_t count,
                                                       const GridRequest& request);

}  // namespace stsr
