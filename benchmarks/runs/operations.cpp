#include "operations.h"

namespace stsr {

namespace {

double weights_of(const DenseLayer& layer) {
  return static_cast<double>(layer.in + layer.condition_in) * static_cast<double>(layer.out);
}

double weights_of(const std::vector<Stage>& stages) {
  double weights = 0.0;
  for (const Stage& stage : stages) {
    weights += weights_of(stage.first);
    for (const auto& layer : {stage.second, stage.projection})
      if (layer) weights += weights_of(*layer);
  }
  return weights;
}

}  // namespace

MultiplyAdds multiply_adds(const NetworkPlan& plan) {
  MultiplyAdds counts{weights_of(plan.trunk.synthesis), weights_of(plan.trunk.modulator)};
  for (const Chain& head : plan.head_chains) {
    counts.synthesis += weights_of(head.synthesis);
    counts.modulator += weights_of(head.modulator);
  }
  for (const DenseLayer& output : plan.outputs) counts.synthesis += weights_of(output);
  return counts;
}

double training_operations(const NetworkPlan& plan, std::size_t rows, std::size_t group_rows) {
  const MultiplyAdds counts = multiply_adds(plan);
  const auto all = static_cast<double>(rows);
  return 3.0 * 2.0 *
         (all * counts.synthesis + all / static_cast<double>(group_rows) * counts.modulator);
}

double inference_operations(const NetworkPlan& plan, std::size_t rows) {
  return 2.0 * static_cast<double>(rows) * multiply_adds(plan).synthesis;
}

}  // namespace stsr
