#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stsr/inference/network_field.h"
#include "stsr/model/model.h"
#include "stsr/network/evaluator.h"
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

/// Makes decoders of latent vectors, and counts them.
class FakeEvaluator final : public Evaluator {
 public:
  using Make = std::function<std::shared_ptr<const Decoder>(std::span<const float> latent)>;
  explicit FakeEvaluator(Make make) : make_(std::move(make)) {}
  [[nodiscard]] std::shared_ptr<const Decoder> decoder(
      std::span<const float> latent) const override {
    ++made;
    return make_(latent);
  }
  mutable std::atomic<int> made{0};

 private:
  Make make_;
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

/// A model of these variables with latents of one entry, for a FakeEvaluator.
inline Model fake_model(const BlockConfig& blocks, std::vector<TrainedVariable> variables,
                        const std::vector<float>& latents) {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent_length = 1;
  model.blocks = blocks;
  model.variables = std::move(variables);
  const NetworkPlan plan = model.plan();
  model.parameters.assign(plan.layout.size(), 0.0F);
  std::copy(latents.begin(), latents.end(),
            model.parameters.begin() + static_cast<std::ptrdiff_t>(plan.mu.value()));
  return model;
}

/// A field of these variables in which `make` gives the decoder of each latent.
inline std::shared_ptr<const NetworkField> fake_field(const BlockConfig& blocks,
                                                      std::vector<TrainedVariable> variables,
                                                      const std::vector<float>& latents,
                                                      FakeEvaluator::Make make) {
  return std::make_shared<const NetworkField>(
      fake_model(blocks, std::move(variables), latents),
      std::make_shared<const FakeEvaluator>(std::move(make)));
}

}  // namespace stsr
