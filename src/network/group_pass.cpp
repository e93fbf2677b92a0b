#include "group_pass.h"

namespace stsr {

const PackedLayer* GroupPass::conditioned(const PackedNetwork& network) {
  const PackedLayer& first = network.synthesis.front().first;
  return first.layer().condition_in > 0 ? &first : nullptr;
}

GroupPass::GroupPass(const NetworkPlan& plan, const PackedNetwork& network, std::size_t groups,
                     Precision precision)
    : phi_(groups, plan.latent_length, Precision::float32), dphi_(groups, plan.latent_length) {
  trunk_ = make_part(network.modulator, groups, precision);
  if (const PackedLayer* layer = conditioned(network)) {
    const std::size_t out = layer->layer().out;
    bias_ = Scratch(groups, out);
    dbias_ = Scratch(groups, out);
    trunk_.shared.bias = bias_.words();
    trunk_.shared.dbias = dbias_.words();
  }
  if (network.head_synthesis.empty()) return;
  for (const PackedChain& chain : network.head_modulator)
    heads_.push_back(make_part(chain, groups, precision));
}

GroupPass::Part GroupPass::make_part(const PackedChain& chain, std::size_t groups,
                                     Precision precision) {
  Part part;
  if (chain.empty()) return part;
  part.pass.emplace_back(chain, groups, false, precision);
  for (std::size_t j = 0; j < chain.size(); ++j) {
    part.dm.emplace_back(groups, chain[j].out());
    part.shared.modulations.push_back(
        {part.pass.front().u(j).values.words(), part.dm.back().words()});
  }
  return part;
}

void GroupPass::clear(Part& part) const {
  for (Scratch& dm : part.dm) dm.clear(groups_);
}

void GroupPass::forward(const PackedNetwork& network, std::size_t groups) {
  groups_ = groups;
  clear(trunk_);
  if (const PackedLayer* layer = conditioned(network)) {
    dbias_.clear(groups);
    layer->group_bias(groups, phi_.values.words(), bias_.words());
  }
  if (trunk_.pass.empty()) return;
  ChainPass& trunk = trunk_.pass.front();
  trunk.forward(network.modulator, {groups}, phi_, {});
  for (std::size_t h = 0; h < heads_.size(); ++h) {
    clear(heads_[h]);
    heads_[h].pass.front().forward(network.head_modulator[h], {groups}, trunk.u(), {});
  }
}

void GroupPass::backward(const PackedNetwork& network, float* gradient) {
  if (const PackedLayer* layer = conditioned(network))
    layer->group_bias_backward(groups_, dbias_.words(), phi_.values.words(), dphi_.words(),
                               gradient);
  if (trunk_.pass.empty()) return;
  for (std::size_t h = 0; h < heads_.size(); ++h)
    backward(network.head_modulator[h], heads_[h], trunk_.pass.front().u(),
             trunk_.dm.back().words(), true, gradient);
  backward(network.modulator, trunk_, phi_, dphi_.words(), false, gradient);
}

void GroupPass::backward(const PackedChain& chain, Part& part, Activations& x, WordMatrix dx,
                         bool accumulate_dx, float* gradient) {
  ChainPass::Gradients gradients{{}, true, dx, accumulate_dx};
  for (Scratch& dm : part.dm) gradients.d.push_back(dm.words());
  part.pass.front().backward(chain, {groups_}, x, {}, gradients, gradient);
}

}  // namespace stsr
