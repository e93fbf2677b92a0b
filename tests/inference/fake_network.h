#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stsr/model/model.h"
#include "stsr/network/engine.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

/// A decoder that is a function of one row's coordinates (t, z, y, x) and a head, and that counts
/// what it is asked for.
class FakeDecoder final : public Decoder {
 public:
  using Function = std::function<float(std::span<const float> coordinates, std::size_t head)>;
  explicit FakeDecoder(Function function) : function_(std::move(function)) {}

  void evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                std::span<float> values) const override {
    const std::size_t count = coordinates.size() / 4;
    rows += count;
    evaluations += values.size();
    for (std::size_t row = 0; row < count; ++row)
      for (std::size_t h = 0; h < heads.size(); ++h)
        values[row * heads.size() + h] = function_(coordinates.subspan(4 * row, 4), heads[h]);
  }

  mutable std::atomic<std::size_t> rows{0};
  mutable std::atomic<std::size_t> evaluations{0};

 private:
  Function function_;
};

/// A variable whose `full` grid was reduced by `scale`, with times 0, 1, ... all kept, and values
/// from `low` to `high`.
inline TrainedVariable reduced_variable(const std::string& name, Dims full,
                                        std::array<std::size_t, 3> scale, std::size_t steps = 2,
                                        double low = -1.0, double high = 1.0) {
  VariableInfo fine;
  fine.name = name;
  fine.grid.dims = full;
  for (std::size_t t = 0; t < steps; ++t) fine.times.push_back(static_cast<double>(t));
  TrainedVariable variable;
  variable.info = reduce_info(fine, scale, 0);
  variable.ranges = {RangeMode::global, {}, {{low, high}}};
  variable.time_span = time_span(variable.info);
  return variable;
}

}  // namespace stsr
