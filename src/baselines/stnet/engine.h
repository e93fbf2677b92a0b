#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "baselines/stnet/plan.h"
#include "stsr/volume/grid.h"

namespace stsr::stnet {

/// The three phases of the training, in order.
enum class Phase { unsupervised, supervised, adversarial };
inline constexpr std::size_t phase_count = 3;

/// One crop to train on; values in network units, x fastest.
struct Sample {
  Dims coarse;                ///< of the crop
  std::vector<float> inputs;  ///< [2][coarse]: the first and the last coarse volume
  /// What frames are compared with. Unsupervised: coarse volumes, of all frames or of the first and
  /// the last. Else: all u_t + 2 frames on `fine`.
  std::vector<float> targets;
  Dims fine;  ///< fine samples that exist in the crop, at most coarse * u_s; else unused
};

/// Losses of one optimiser step, before it.
struct Losses {
  double frames = 0.0;         ///< (u_t + 2) * mean squared error
  double adversarial = 0.0;    ///< mean((D(fake) - 1)^2), after the discriminator's step
  double discriminator = 0.0;  ///< (mean((D(real) - 1)^2) + mean(D(fake)^2)) / 2
};

/// A network's parameters with Adam's moments, each in the order of its Layers.
struct NetworkState {
  std::vector<float> parameters;
  std::vector<float> first_moment;
  std::vector<float> second_moment;
  std::size_t steps = 0;
};

struct State {
  NetworkState generator;
  NetworkState discriminator;
};

/// A part of a volume to be upscaled: `margin` coarse samples on each side (low, high; axes x, y,
/// z) are there for the convolutions to see and give no output.
struct Tile {
  Dims coarse;                ///< with margins
  std::vector<float> inputs;  ///< [2][coarse]
  std::array<std::array<std::size_t, 2>, 3> margin{};
  std::size_t head_margin =
      0;  ///< of these, at most so many reach the layers after the dense blocks
};

/// The arithmetic of STNet, on arrays: what the Torch library does. It lives in a library of its
/// own, libstsr_stnet.so, that is loaded at first use: linking Torch would add most of a second to
/// the start of every command.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual void restore(const State& state) = 0;
  [[nodiscard]] virtual State state() const = 0;

  /// One Adam step on one sample (two in the adversarial phase: discriminator, then generator).
  virtual Losses train(Phase phase, const Sample& sample) = 0;

  /// Frames of a tile without its margins: [u_t + 2][(coarse - margins) * u_s].
  [[nodiscard]] virtual std::vector<float> upscale(const Tile& tile) const = 0;
};

/// @param threads  that Torch may use on the processor
/// @throws ValueError  this build has no Torch, or `cuda` is asked for and there is none; FileError
/// libstsr_stnet.so is not found or belongs to another version.
[[nodiscard]] std::unique_ptr<Engine> make_engine(const Plan& plan,
                                                  const StnetTrainingConfig& config, int threads);

}  // namespace stsr::stnet
