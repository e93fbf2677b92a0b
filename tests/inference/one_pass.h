#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "grid_pass.h"

namespace stsr {

/// The pass of one variable, whose decoder lives elsewhere.
class OnePass {
 public:
  OnePass(const BlockConfig& blocks, const TrainedVariable& variable, const Decoder& decoder,
          const OutputGrid& grid, GridPass::Advanced advanced = {})
      : variable_{variable, {std::shared_ptr<const void>(), &decoder}, 0},
        grid_(grid),
        pass_(blocks, {&variable_}, grid, std::move(advanced)) {}
  void step(double time, std::span<float> out) const {
    pass_.evaluate(time, GridSelection::all(grid_.grid.dims), out);
  }
  void part(double time, const GridSelection& part, std::span<float> out) const {
    pass_.evaluate(time, part, out);
  }
  [[nodiscard]] std::vector<GridSelection> pieces(std::size_t max_samples) const {
    return pass_.pieces(max_samples);
  }

 private:
  NetworkVariable variable_;
  const OutputGrid& grid_;
  GridPass pass_;
};

}  // namespace stsr
