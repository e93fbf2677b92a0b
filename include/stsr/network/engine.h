#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "stsr/kernels/compute_options.h"
#include "stsr/network/network_plan.h"
#include "stsr/network/optimiser_config.h"

namespace stsr {

/// Where the rows of one training batch come from. A batch is `groups()` groups of `group_rows()`
/// rows; the rows of a group belong to one variable and share one latent vector
/// phi = mu + sigma eps (to all variables, and there is none, for a CoordNet). An engine asks for
/// the groups in pieces, from several threads at once.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  [[nodiscard]] virtual std::size_t groups() const = 0;
  [[nodiscard]] virtual std::size_t group_rows() const = 0;

  /// Fills in groups [begin, begin + count). A row that a short group lacks has only NaN targets.
  /// @param coordinates  [count * group_rows][4] float32, (t, z, y, x)
  /// @param targets      [count * group_rows][heads] float32 in [-1, 1]; NaN is left out of the
  /// loss
  /// @param variables    [count] index of each group's variable
  /// @param noise        [count][latent length] sigma eps, zero where there is none
  virtual void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
                    std::uint32_t* variables, float* noise) const = 0;
};

/// The loss of a batch as a sum and its count, so that those of several parts of a batch add up to
/// that of the whole.
struct BatchLoss {
  double squared_error = 0.0;  ///< summed over the targets that are not NaN; normalised units
  std::size_t targets = 0;     ///< how many these are

  /// The loss of method section 5, and the number that a sum of gradients has to be multiplied by;
  /// 0 where there is no target.
  [[nodiscard]] double mean() const { return squared_error * scale(); }
  [[nodiscard]] double scale() const {
    return targets == 0 ? 0.0 : 1.0 / static_cast<double>(targets);
  }
};

/// What the optimiser keeps, in the layout of the parameters.
struct OptimiserState {
  std::vector<float> first_moment;   ///< Adam's m, or Muon's momentum
  std::vector<float> second_moment;  ///< Adam's v; unused for Muon's matrices
  std::size_t network_steps = 0;
  std::size_t latent_steps = 0;
};

/// Everything that training changes, as a value.
struct EngineState {
  std::vector<float> parameters;  ///< in the layout of the plan
  OptimiserState optimiser;
};

/// What trains a network on one kind of device; the seam between training and the hardware, and
/// where many processes join. It owns the parameters, their gradient and the state of the
/// optimiser, wherever they lie; what goes in and out is batches, losses and states.
///
/// The same bits for the same state, batches and thread count.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual const NetworkPlan& plan() const = 0;

  /// One optimiser step down the gradient of the mean squared error over all targets of the batch
  /// that are not NaN (method section 5), which it returns as it was before the step. Where the
  /// loss is not finite, nothing is changed.
  /// @param rate_factor  multiplies every learning rate
  virtual BatchLoss train(const BatchSource& batch, double rate_factor) = 0;

  /// One step on mu alone, down the gradient of
  ///   lambda KLD,  KLD = 1/(2n) sum(sigma^2 + mu^2 - 1 - log sigma^2)
  /// through the same moments (method section 4). Nothing where latents are not learned, or lambda
  /// is 0.
  virtual void kld_step(double rate_factor) = 0;

  /// The first half of train(), for batches that several engines share: the loss of this part.
  /// @param gradient_sum  [parameters] written: the gradient of the squared error, summed
  /// @throws ShapeError  it has another length.
  virtual BatchLoss differentiate(const BatchSource& batch, std::span<float> gradient_sum) = 0;
  /// The second half: a step down gradient_sum / targets, both added up over all parts.
  /// @throws ShapeError  it has another length.
  virtual void step(std::span<const float> gradient_sum, const BatchLoss& all,
                    double rate_factor) = 0;

  [[nodiscard]] virtual EngineState state() const = 0;
  /// Takes a state back. Empty moments are those before the first step.
  /// @throws ShapeError  the state is of another network.
  virtual void restore(EngineState state) = 0;
};

/// The engine for the processor's cores: tiles of rows walk through the whole network, forwards and
/// back, with activations that stay in cache. Parameters start at zero.
/// @throws ValueError  a rate or decay of the optimiser is out of range.
[[nodiscard]] std::unique_ptr<Engine> make_cpu_engine(NetworkPlan plan,
                                                      const OptimiserConfig& optimiser,
                                                      const ComputeOptions& compute = {});

}  // namespace stsr
