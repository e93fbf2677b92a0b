#include "cpu_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stage.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr {

namespace {

constexpr std::size_t tile_rows = 128;

using Modulations = std::vector<std::vector<float>>;  // one vector a stage, or none

/// m_j of every stage for one m_{-1} (phi, or the trunk's last m).
Modulations modulations_of(const Chain& chain, const float* parameters,
                           const std::vector<float>& m_in) {
  Modulations result;
  const std::vector<float>* x = &m_in;
  for (const Stage& stage : chain.modulator) {
    StageTape tape(stage, 1);
    StageScratch scratch(1, stage.out());
    stage_forward(stage, parameters, {x->data(), 1, x->size(), x->size()}, {}, nullptr, false, tape,
                  scratch);
    const float* m = tape.output.top(1).data;
    result.emplace_back(m, m + stage.out());
    x = &result.back();
  }
  return result;
}

/// The stages of a chain for a tile of rows, without anything kept for a backward pass.
class ChainEvaluation {
 public:
  ChainEvaluation(const Chain& chain, std::size_t rows) : scratch_(1, widest(chain)) {
    for (const Stage& stage : chain.synthesis) tapes_.emplace_back(stage, rows);
  }

  ConstMatrix run(const Chain& chain, const float* parameters, const Modulations& modulations,
                  ConstMatrix x, const Condition& condition) {
    for (std::size_t j = 0; j < chain.synthesis.size(); ++j) {
      const float* scale = modulations.empty() ? nullptr : modulations[j].data();
      stage_forward(chain.synthesis[j], parameters, x, condition, scale, false, tapes_[j],
                    scratch_);
      x = tapes_[j].output.top(x.rows);
    }
    return x;
  }

 private:
  static std::size_t widest(const Chain& chain) {
    std::size_t width = 0;
    for (const Stage& stage : chain.synthesis) width = std::max(width, stage.out());
    return width;
  }

  std::vector<StageTape> tapes_;
  StageScratch scratch_;
};

class CpuDecoder final : public Decoder {
 public:
  CpuDecoder(const NetworkPlan& plan, std::span<const float> parameters, std::span<const float> phi)
      : plan_(plan),
        parameters_(parameters.begin(), parameters.end()),
        phi_(phi.begin(), phi.end()) {
    if (phi.size() != plan.latent_length)
      throw ShapeError(fmt::format("a latent vector of this network has {} entries, got {}",
                                   plan.latent_length, phi.size()));
    trunk_ = modulations_of(plan_.trunk, parameters_.data(), phi_);
    for (const Chain& chain : plan_.head_chains)
      heads_.push_back(trunk_.empty() ? Modulations{}
                                      : modulations_of(chain, parameters_.data(), trunk_.back()));
  }

  void evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                std::span<float> values) const override;

 private:
  void evaluate_tile(ChainEvaluation& trunk, std::vector<ChainEvaluation>& head,
                     ConstMatrix coordinates, std::span<const std::size_t> heads,
                     float* values) const;

  NetworkPlan plan_;
  std::vector<float> parameters_;
  std::vector<float> phi_;
  Modulations trunk_;
  std::vector<Modulations> heads_;
};

/// tanh(w u + b) of one output unit for every row of u, into every `stride`-th value.
void apply_output(ConstMatrix u, const float* weight, float bias, float* values, std::size_t stride,
                  Scratch& scratch) {
  const MutableMatrix z = scratch.top(u.rows);
  multiply_transposed(u, {weight, 1, u.columns, u.columns}, z);
  for (std::size_t r = 0; r < u.rows; ++r)
    values[r * stride] = std::tanh(z.data[r * z.stride] + bias);
}

void CpuDecoder::evaluate_tile(ChainEvaluation& trunk, std::vector<ChainEvaluation>& head,
                               ConstMatrix coordinates, std::span<const std::size_t> heads,
                               float* values) const {
  const Condition condition{{phi_.data(), 1, phi_.size(), phi_.size()}, coordinates.rows};
  const ConstMatrix u = trunk.run(plan_.trunk, parameters_.data(), trunk_, coordinates, condition);
  Scratch z(u.rows, 1);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::size_t h = heads[i];
    if (head.empty()) {
      const DenseLayer& layer = plan_.outputs.front();
      apply_output(u, parameters_.data() + layer.weight + h * layer.in, parameters_[layer.bias + h],
                   values + i, heads.size(), z);
    } else {
      const DenseLayer& layer = plan_.outputs[h];
      const ConstMatrix f =
          head.front().run(plan_.head_chains[h], parameters_.data(), heads_[h], u, {});
      apply_output(f, parameters_.data() + layer.weight, parameters_[layer.bias], values + i,
                   heads.size(), z);
    }
  }
}

void CpuDecoder::evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                          std::span<float> values) const {
  const std::size_t rows = coordinates.size() / coordinate_count;
  if (coordinates.size() % coordinate_count != 0 ||
      values.size() != checked_product({rows, heads.size()}))
    throw ShapeError(fmt::format("{} coordinates and {} heads do not give {} values",
                                 coordinates.size(), heads.size(), values.size()));
  for (const std::size_t h : heads)
    if (h >= plan_.heads)
      throw ValueError(fmt::format("head {} of a network with {} heads", h, plan_.heads));
  const std::size_t tiles = ceil_divide(rows, tile_rows);
  parallel_parts("evaluate", tiles, [&](int, std::size_t begin, std::size_t end) {
    ChainEvaluation trunk(plan_.trunk, tile_rows);
    std::vector<ChainEvaluation> head;
    if (!plan_.head_chains.empty()) head.emplace_back(plan_.head_chains.front(), tile_rows);
    for (std::size_t tile = begin; tile < end; ++tile) {
      const std::size_t first = tile * tile_rows;
      const std::size_t count = std::min(tile_rows, rows - first);
      evaluate_tile(trunk, head,
                    {coordinates.data() + first * coordinate_count, count, coordinate_count,
                     coordinate_count},
                    heads, values.data() + first * heads.size());
    }
  });
}

}  // namespace

std::unique_ptr<Decoder> make_cpu_decoder(const NetworkPlan& plan,
                                          std::span<const float> parameters,
                                          std::span<const float> phi) {
  return std::make_unique<CpuDecoder>(plan, parameters, phi);
}

}  // namespace stsr
