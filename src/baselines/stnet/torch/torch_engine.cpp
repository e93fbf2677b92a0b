#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <string>

#include "baselines/stnet/engine.h"
#include "baselines/stnet/torch/networks.h"
#include "stsr/base/error.h"

namespace stsr::stnet {

namespace {

/// Runs `f`; what Torch throws becomes an error of one line.
template <class F>
auto guarded(const char* doing, F&& f) {
  try {
    return f();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    const std::string line = text.substr(0, text.find('\n'));
    if (line.find("memory") != std::string::npos)
      throw ValueError(
          fmt::format("STNet, {}: there is not enough memory for this tile or crop; "
                      "make it smaller ({})",
                      doing, line));
    throw NumericError(fmt::format("STNet, {}: {}", doing, line));
  }
}

at::Device device_of(StnetDevice device) {
  if (device == StnetDevice::cpu) return at::kCPU;
  if (!at::globalContext().hasCUDA())
    throw ValueError(
        "training.device is 'cuda', but the Torch of this build finds no CUDA device; use 'cpu', "
        "or build with a Torch that has CUDA on a machine that has a device");
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setBenchmarkCuDNN(false);
  return at::kCUDA;
}

class TorchEngine final : public Engine {
 public:
  TorchEngine(Plan plan, const StnetTrainingConfig& config)
      : plan_(std::move(plan)),
        config_(config),
        device_(device_of(config.device)),
        generator_(plan_.generator, config, device_),
        discriminator_(plan_.discriminator, config, device_) {}

  void restore(const State& state) override {
    guarded("setting parameters", [&] {
      generator_.restore(state.generator);
      discriminator_.restore(state.discriminator);
    });
  }

  [[nodiscard]] State state() const override {
    return guarded("reading parameters", [&] {
      return State{generator_.state(), discriminator_.state()};
    });
  }

  Losses train(Phase phase, const Sample& sample) override {
    return guarded("training", [&] {
      return phase == Phase::unsupervised ? train_coarse(sample)
                                          : train_fine(sample, phase == Phase::adversarial);
    });
  }

  [[nodiscard]] std::vector<float> upscale(const Tile& tile) const override {
    return guarded("upscaling", [&] { return upscaled(tile); });
  }

 private:
  /// [1][n][z][y][x] on the device, for n volumes of `dims`.
  [[nodiscard]] at::Tensor tensor(const std::vector<float>& values, const Dims& dims) const {
    const auto n = static_cast<std::int64_t>(values.size() / dims.count());
    return at::from_blob(const_cast<float*>(values.data()),
                         {1, n, static_cast<std::int64_t>(dims.z),
                          static_cast<std::int64_t>(dims.y), static_cast<std::int64_t>(dims.x)},
                         at::kFloat)
        .to(device_, at::kFloat, false, true);
  }

  [[nodiscard]] at::Tensor generate(const Sample& sample) const {
    return generator_head(generator_, plan_,
                          generator_body(generator_, plan_, tensor(sample.inputs, sample.coarse)));
  }

  [[nodiscard]] at::Tensor frame_loss(const at::Tensor& frames, const at::Tensor& targets) const {
    return static_cast<double>(plan_.frames) * at::mse_loss(frames, targets);
  }

  Losses train_coarse(const Sample& sample) {
    const at::Tensor targets = tensor(sample.targets, sample.coarse);
    at::Tensor frames = generate(sample);
    const std::int64_t last = frames.size(1) - 1;
    if (targets.size(1) == 2)
      frames = at::cat({frames.narrow(1, 0, 1), frames.narrow(1, last, 1)}, 1);
    const auto scale = static_cast<std::int64_t>(plan_.scale);
    const at::Tensor loss = frame_loss(make_coarse(frames, scale, config_.downscaling), targets);
    step_generator(loss);
    return {loss.item<double>(), 0.0, 0.0};
  }

  Losses train_fine(const Sample& sample, bool adversarial) {
    const at::Tensor real = tensor(sample.targets, sample.fine);
    const at::Tensor fake = generate(sample)
                                .narrow(2, 0, real.size(2))
                                .narrow(3, 0, real.size(3))
                                .narrow(4, 0, real.size(4));
    Losses losses;
    if (adversarial) losses.discriminator = step_discriminator(real, fake.detach());
    at::Tensor loss = frame_loss(fake, real);
    losses.frames = loss.item<double>();
    if (adversarial) {
      const at::Tensor opinion = (scores(fake) - 1.0).square().mean();
      losses.adversarial = opinion.item<double>();
      loss = loss + config_.adversarial_weight * opinion;
    }
    step_generator(loss);
    return losses;
  }

  [[nodiscard]] at::Tensor scores(const at::Tensor& frames) const {
    return discriminator_scores(discriminator_, frames.transpose(0, 1));
  }

  void step_generator(const at::Tensor& loss) {
    generator_.clear_gradients();
    loss.backward();
    generator_.step();
  }

  double step_discriminator(const at::Tensor& real, const at::Tensor& fake) {
    discriminator_.clear_gradients();
    const at::Tensor loss =
        0.5 * ((scores(real) - 1.0).square().mean() + scores(fake).square().mean());
    loss.backward();
    discriminator_.step();
    return loss.item<double>();
  }

  /// The volume without `margin` samples of each side, times `scale`.
  static at::Tensor without_margins(at::Tensor x,
                                    const std::array<std::array<std::size_t, 2>, 3>& margin,
                                    std::size_t scale) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto dimension = static_cast<std::int64_t>(4 - axis);
      const auto low = static_cast<std::int64_t>(margin[axis][0] * scale);
      const auto high = static_cast<std::int64_t>(margin[axis][1] * scale);
      x = x.narrow(dimension, low, x.size(dimension) - low - high);
    }
    return x;
  }

  [[nodiscard]] std::vector<float> upscaled(const Tile& tile) const {
    const at::NoGradGuard no_grad;
    // Margins that only the dense blocks need end here: the layers after them cost most.
    auto outer = tile.margin;
    auto inner = tile.margin;
    for (std::size_t axis = 0; axis < 3; ++axis)
      for (std::size_t side = 0; side < 2; ++side) {
        inner[axis][side] = std::min(tile.margin[axis][side], tile.head_margin);
        outer[axis][side] -= inner[axis][side];
      }
    const at::Tensor features = without_margins(
        generator_body(generator_, plan_, tensor(tile.inputs, tile.coarse)), outer, 1);
    const at::Tensor frames =
        without_margins(generator_head(generator_, plan_, features.contiguous()), inner,
                        plan_.scale)
            .contiguous()
            .cpu();
    return {frames.data_ptr<float>(), frames.data_ptr<float>() + frames.numel()};
  }

  Plan plan_;
  StnetTrainingConfig config_;
  at::Device device_;
  Network generator_;
  Network discriminator_;
};

}  // namespace
}  // namespace stsr::stnet

/// What load_engine.cpp looks up; the number changes with the interface of engine.h.
extern "C" __attribute__((visibility("default"))) stsr::stnet::Engine* stsr_make_stnet_engine_2(
    const stsr::stnet::Plan& plan, const stsr::StnetTrainingConfig& config, int threads) {
  using namespace stsr::stnet;
  return guarded("starting", [&]() -> Engine* {
    at::set_num_threads(threads);
    return new TorchEngine(plan, config);
  });
}
