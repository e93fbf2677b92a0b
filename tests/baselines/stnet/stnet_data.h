#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "stsr/baselines/stnet.h"

/// Ends a test visibly where the build has no Torch.
#define STSR_NEEDS_TORCH() \
  if (!torch_available()) GTEST_SKIP() << "this build has no Torch (STSR_WITH_TORCH=OFF)"

namespace stsr::testing_stnet {

/// Fine data and what a reduction by (space, time) leaves of them.
struct Data {
  Sequence fine;
  Sequence coarse;

  [[nodiscard]] TruthReader truth() const {
    return [steps = fine.steps](std::size_t, std::size_t step) { return steps[step]; };
  }
};

inline Sequence reduce(const Sequence& fine, const std::array<std::size_t, 3>& space,
                       std::size_t time) {
  Sequence coarse{reduce_info(fine.info, space, time), {}};
  for (const std::size_t step : kept_steps(fine.steps.size(), time))
    coarse.steps.push_back(reduce_volume({fine.info.grid, fine.steps[step]}, space).values);
  return coarse;
}

/// A wave that travels in x, between 10 and 30.
inline Data moving_wave(const Dims& dims, std::size_t steps, std::size_t space, std::size_t time,
                        const std::string& name = "wave") {
  Data data;
  data.fine.info.name = name;
  data.fine.info.grid.dims = dims;
  for (std::size_t t = 0; t < steps; ++t) {
    data.fine.info.times.push_back(static_cast<double>(t));
    std::vector<float> values;
    for (std::size_t z = 0; z < dims.z; ++z)
      for (std::size_t y = 0; y < dims.y; ++y)
        for (std::size_t x = 0; x < dims.x; ++x)
          values.push_back(static_cast<float>(
              20.0 + 10.0 * std::sin(0.5 * static_cast<double>(x) - 0.3 * static_cast<double>(t)) *
                         std::cos(0.3 * static_cast<double>(y) + 0.2 * static_cast<double>(z))));
    data.fine.steps.push_back(std::move(values));
  }
  data.coarse = reduce(data.fine, {space, space, space}, time);
  return data;
}

/// A network and a training of a second.
inline StnetConfig small_config() {
  StnetConfig config;
  config.network.features = {4, 4, 6, 8};
  config.network.discriminator_features = {3, 4};
  config.training.unsupervised_epochs = 2;
  config.training.supervised_epochs = 2;
  config.training.adversarial_epochs = 2;
  config.training.crop = 5;
  config.training.crops_per_window = 2;
  config.training.truth_share = 0.5;
  config.training.learning_rate = 1e-3;
  return config;
}

/// Stops after so many reports.
class StopAfter final : public Progress {
 public:
  explicit StopAfter(std::size_t reports) : left_(reports) {}
  void report(std::size_t, std::size_t, std::string_view, std::string_view) override {
    if (left_ > 0) --left_;
  }
  [[nodiscard]] bool stop_requested() const override { return left_ == 0; }

 private:
  std::size_t left_;
};

}  // namespace stsr::testing_stnet
