#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "chain_pass.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/network/evaluator.h"

namespace stsr {

namespace {

constexpr std::size_t tile_rows = 96;

using Modulations = std::vector<Scratch>;  // m of every stage, or none

/// Activations without the form that only training reads.
Activations evaluated(std::size_t rows, std::size_t columns, Precision precision) {
  Activations result(rows, columns, precision);
  result.sample_pairs = Scratch();
  return result;
}

/// The stages of a chain for a tile of rows, of which only the last result stays.
class ChainEvaluation {
 public:
  ChainEvaluation(const PackedChain& chain, std::size_t rows, Precision precision)
      : hidden_(evaluated(rows, widest(chain), precision)),
        u_(evaluated(rows, widest(chain), precision)),
        next_(evaluated(rows, widest(chain), precision)) {}

  /// @param bias  of the first layer in place of its own, or null
  Activations& run(const PackedChain& chain, const Modulations& modulations, const float* bias,
                   std::size_t rows, Activations& x) {
    for (std::size_t j = 0; j < chain.size(); ++j) {
      const Folded folded{modulations.empty() ? nullptr : modulations[j].row(0),
                          j == 0 ? bias : nullptr};
      evaluate_stage(chain[j], rows, j == 0 ? x : u_, folded, hidden_, next_);
      std::swap(u_, next_);
    }
    return u_;
  }

 private:
  Activations hidden_;
  Activations u_;
  Activations next_;
};

/// Buffers of one thread.
struct TileBuffers {
  TileBuffers(const PackedNetwork& network, Precision precision)
      : x(tile_rows, coordinate_count, Precision::float32),
        trunk(network.synthesis, tile_rows, precision),
        z(tile_rows, network.outputs.empty() ? 0 : network.outputs.front().layer().out) {
    if (!network.head_synthesis.empty())
      head.emplace_back(network.head_synthesis.front(), tile_rows, precision);
  }
  Activations x;
  ChainEvaluation trunk;
  std::vector<ChainEvaluation> head;  // one that serves all heads, or none
  Scratch z;
};

/// The packed weights that decoders share, and how the processor is used.
struct SharedNetwork {
  SharedNetwork(const NetworkPlan& plan, std::span<const float> parameters,
                const ComputeOptions& options)
      : compute(options),
        heads(plan.heads),
        latent_length(plan.latent_length),
        kernels(options.instruction_set),
        packed(plan, kernels, options.precision, Passes::forward) {
    if (parameters.size() != plan.layout.size())
      throw ShapeError(fmt::format("this network has {} parameters, got {}", plan.layout.size(),
                                   parameters.size()));
    const ThreadScope threads(compute.threads);
    packed.pack(parameters);
  }

  ComputeOptions compute;
  std::size_t heads;
  std::size_t latent_length;
  Kernels kernels;
  PackedNetwork packed;
};

class CpuDecoder final : public Decoder {
 public:
  CpuDecoder(std::shared_ptr<const SharedNetwork> shared, std::span<const float> phi)
      : shared_(std::move(shared)), network_(shared_->packed) {
    if (phi.size() != shared_->latent_length)
      throw ShapeError(fmt::format("a latent vector of this network has {} entries, got {}",
                                   shared_->latent_length, phi.size()));
    fold(phi);
  }

  void evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                std::span<float> values) const override;

 private:
  void fold(std::span<const float> phi);
  Activations fold(const PackedChain& chain, Activations& phi, Modulations& modulations) const;
  void evaluate_tile(TileBuffers& tile, std::span<const float> coordinates,
                     std::span<const std::size_t> heads, float* values) const;
  static void choose(Scratch& outputs, std::size_t rows, std::span<const std::size_t> heads,
                     float* values);
  void evaluate_head(TileBuffers& tile, Activations& u, std::size_t rows, std::size_t head,
                     std::size_t stride, float* values) const;

  [[nodiscard]] Precision precision() const { return shared_->compute.precision; }

  std::shared_ptr<const SharedNetwork> shared_;
  const PackedNetwork& network_;  // of shared_
  Scratch bias_;                  // of the first layer, where latents are concatenated
  Modulations trunk_;
  std::vector<Modulations> head_modulations_;
};

/// Evaluates the modulator for phi, and keeps what it gives.
void CpuDecoder::fold(std::span<const float> phi) {
  Activations x(1, phi.size(), Precision::float32);
  std::copy(phi.begin(), phi.end(), x.values.row(0));
  if (phi.empty()) return;
  if (network_.modulator.empty()) {
    const PackedLayer& first = network_.synthesis.front().first;
    bias_ = Scratch(1, first.layer().out);
    first.group_bias(1, x.values.words(), bias_.words());
    return;
  }
  Activations m = fold(network_.modulator, x, trunk_);
  for (const PackedChain& chain : network_.head_modulator)
    (void)fold(chain, m, head_modulations_.emplace_back());
}

/// Keeps the outputs of all stages of a modulator; returns the last.
Activations CpuDecoder::fold(const PackedChain& chain, Activations& phi,
                             Modulations& modulations) const {
  Activations hidden = evaluated(1, widest(chain), precision());
  Activations m;
  for (const PackedStage& stage : chain) {
    Activations next = evaluated(1, stage.out(), precision());
    evaluate_stage(stage, 1, modulations.empty() ? phi : m, {}, hidden, next);
    Scratch& kept = modulations.emplace_back(1, stage.out());
    std::copy_n(next.values.row(0), stage.out(), kept.row(0));
    m = std::move(next);
  }
  return m;
}

/// The chosen columns of `outputs`.
void CpuDecoder::choose(Scratch& outputs, std::size_t rows, std::span<const std::size_t> heads,
                        float* values) {
  for (std::size_t r = 0; r < rows; ++r)
    for (const std::size_t head : heads) *values++ = outputs.row(r)[head];
}

/// Every `stride`-th of `values`: tanh of what one head makes of the trunk's features.
void CpuDecoder::evaluate_head(TileBuffers& tile, Activations& u, std::size_t rows,
                               std::size_t head, std::size_t stride, float* values) const {
  static const Modulations none;
  const Modulations& modulations = head_modulations_.empty() ? none : head_modulations_[head];
  Activations& f =
      tile.head.front().run(network_.head_synthesis[head], modulations, nullptr, rows, u);
  DenseForward product = network_.outputs[head].forward(rows, f.values.words());
  product.u = tile.z.words();
  network_.outputs[head].run(product);
  for (std::size_t r = 0; r < rows; ++r) values[r * stride] = tile.z.row(r)[0];
}

void CpuDecoder::evaluate_tile(TileBuffers& tile, std::span<const float> coordinates,
                               std::span<const std::size_t> heads, float* values) const {
  const std::size_t rows = coordinates.size() / coordinate_count;
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(coordinates.data() + r * coordinate_count, coordinate_count, tile.x.values.row(r));
  Activations& u = tile.trunk.run(network_.synthesis, trunk_,
                                  bias_.rows() > 0 ? bias_.row(0) : nullptr, rows, tile.x);
  if (network_.outputs.empty()) {
    choose(u.values, rows, heads, values);
    return;
  }
  if (!tile.head.empty()) {
    for (std::size_t i = 0; i < heads.size(); ++i)
      evaluate_head(tile, u, rows, heads[i], heads.size(), values + i);
  } else {
    const PackedLayer& layer = network_.outputs.front();
    DenseForward product = layer.forward(rows, u.values.words());
    product.u = tile.z.words();
    layer.run(product);
    choose(tile.z, rows, heads, values);
  }
  shared_->kernels.elementwise().tanh_all(rows * heads.size(), values, values);
}

void CpuDecoder::evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                          std::span<float> values) const {
  const std::size_t rows = coordinates.size() / coordinate_count;
  if (coordinates.size() % coordinate_count != 0 ||
      values.size() != checked_product({rows, heads.size()}))
    throw ShapeError(fmt::format("{} coordinates and {} heads do not give {} values",
                                 coordinates.size(), heads.size(), values.size()));
  for (const std::size_t h : heads)
    if (h >= shared_->heads)
      throw ValueError(fmt::format("head {} of a network with {} heads", h, shared_->heads));
  const ThreadScope threads(shared_->compute.threads);
  const std::size_t tiles = ceil_divide(rows, tile_rows);
  parallel_parts("evaluate", tiles, [&](int, std::size_t begin, std::size_t end) {
    TileBuffers tile(network_, precision());
    for (std::size_t index = begin; index < end; ++index) {
      const std::size_t first = index * tile_rows;
      const std::size_t count = std::min(tile_rows, rows - first);
      evaluate_tile(tile, coordinates.subspan(first * coordinate_count, count * coordinate_count),
                    heads, values.data() + first * heads.size());
    }
  });
}

class CpuEvaluator final : public Evaluator {
 public:
  explicit CpuEvaluator(std::shared_ptr<const SharedNetwork> shared) : shared_(std::move(shared)) {}
  [[nodiscard]] std::shared_ptr<const Decoder> decoder(std::span<const float> phi) const override {
    return std::make_shared<CpuDecoder>(shared_, phi);
  }

 private:
  std::shared_ptr<const SharedNetwork> shared_;
};

}  // namespace

std::shared_ptr<const Evaluator> make_cpu_evaluator(const NetworkPlan& plan,
                                                    std::span<const float> parameters,
                                                    const ComputeOptions& compute) {
  return std::make_shared<CpuEvaluator>(
      std::make_shared<const SharedNetwork>(plan, parameters, compute));
}

}  // namespace stsr
