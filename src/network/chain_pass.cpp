#include "chain_pass.h"

#include <algorithm>
#include <utility>

#include "stsr/kernels/elementwise.h"

namespace stsr {

namespace {

/// The widest layer of a chain, inputs of the stages included.
std::size_t widest(const Chain& chain) {
  std::size_t width = 0;
  for (const auto* stages : {&chain.synthesis, &chain.modulator})
    for (const Stage& stage : *stages) width = std::max({width, stage.in(), stage.out()});
  return width;
}

MutableMatrix with_columns(MutableMatrix matrix, std::size_t columns) {
  matrix.columns = columns;
  return matrix;
}

}  // namespace

ChainPass::ChainPass(const Chain& chain, std::size_t rows, std::size_t groups)
    : scratch_(rows, widest(chain)),
      df_(rows, widest(chain)),
      du_(rows, widest(chain)),
      dm_(groups, widest(chain)),
      dm_next_(groups, widest(chain)) {
  for (const Stage& stage : chain.synthesis) synthesis_.emplace_back(stage, rows);
  for (const Stage& stage : chain.modulator) {
    modulator_.emplace_back(stage, groups);
    u_.emplace_back(rows, stage.out());
  }
}

MutableMatrix ChainPass::u(std::size_t stage) {
  return (u_.empty() ? synthesis_[stage].output : u_[stage]).top(rows_);
}

MutableMatrix ChainPass::m() {
  return modulator_.empty() ? MutableMatrix{nullptr, 0, 0, 0}
                            : modulator_.back().output.top(groups_);
}

void ChainPass::forward(const Chain& chain, const float* parameters, const Input& input) {
  rows_ = input.x.rows;
  groups_ = input.condition.values.rows;
  group_rows_ = input.condition.group_rows;
  for (std::size_t j = 0; j < chain.synthesis.size(); ++j) {
    const ConstMatrix x = j == 0 ? input.x : ConstMatrix(u(j - 1));
    stage_forward(chain.synthesis[j], parameters, x, input.condition, nullptr, true, synthesis_[j],
                  scratch_);
    if (modulator_.empty()) continue;
    const ConstMatrix m_in =
        j == 0 ? input.condition.values : ConstMatrix(modulator_[j - 1].output.top(groups_));
    stage_forward(chain.modulator[j], parameters, m_in, {}, nullptr, true, modulator_[j], scratch_);
    const MutableMatrix f = synthesis_[j].output.top(rows_);
    const MutableMatrix m = modulator_[j].output.top(groups_);
    elementwise_kernels().modulate(
        {rows_, f.columns, group_rows_, f.data, f.stride, m.data, m.stride}, u(j).data,
        u(j).stride);
  }
}

/// df of u_j = f_j * m_j into df_, and dm_j, in dm_, grown by the group sums of du * f.
MutableMatrix ChainPass::demodulate(std::size_t stage, ConstMatrix du, ConstMatrix dm) {
  const MutableMatrix f = synthesis_[stage].output.top(rows_);
  const MutableMatrix m = modulator_[stage].output.top(groups_);
  const MutableMatrix df = with_columns(df_.top(rows_), f.columns);
  const MutableMatrix dm_out = with_columns(dm_.top(groups_), m.columns);
  if (dm.data == nullptr)
    clear(dm_out);
  else if (dm.data != dm_out.data)
    for (std::size_t g = 0; g < groups_; ++g)
      elementwise_kernels().scaled_copy(m.columns, 1.0F, dm.data + g * dm.stride,
                                        dm_out.data + g * dm_out.stride);
  elementwise_kernels().modulate_backward(
      {rows_, f.columns, group_rows_, f.data, f.stride, m.data, m.stride}, du.data, du.stride,
      df.data, df.stride, dm_out.data, dm_out.stride);
  return df;
}

void ChainPass::backward(const Chain& chain, const float* parameters, const Input& input,
                         const Gradients& gradients, float* gradient) {
  constexpr MutableMatrix none{nullptr, 0, 0, 0};
  ConstMatrix du = gradients.du;
  ConstMatrix dm = gradients.dm;
  for (std::size_t j = chain.synthesis.size(); j-- > 0;) {
    const Stage& stage = chain.synthesis[j];
    ConstMatrix df = du;
    if (!modulator_.empty()) {
      df = demodulate(j, du, dm);
    } else if (du.data == du_.top(rows_).data) {
      std::swap(du_, df_);  // dx below must not overwrite what it is computed from
    }
    const ConstMatrix x = j == 0 ? input.x : ConstMatrix(u(j - 1));
    const MutableMatrix dx = j == 0 ? gradients.dx : with_columns(du_.top(rows_), stage.in());
    const MutableMatrix dcondition = modulator_.empty() && j == 0 ? gradients.dcondition : none;
    stage_backward(stage, parameters, x, input.condition, synthesis_[j], df, dx, dcondition,
                   gradient, scratch_);
    du = dx;
    if (modulator_.empty()) continue;
    const Stage& modulator = chain.modulator[j];
    const ConstMatrix m_in =
        j == 0 ? input.condition.values : ConstMatrix(modulator_[j - 1].output.top(groups_));
    const MutableMatrix dm_in = with_columns(dm_next_.top(groups_), modulator.in());
    stage_backward(modulator, parameters, m_in, {}, modulator_[j],
                   with_columns(dm_.top(groups_), modulator.out()), dm_in, none, gradient,
                   scratch_);
    std::swap(dm_, dm_next_);
    dm = dm_in;
  }
  if (modulator_.empty()) return;
  for (std::size_t g = 0; g < groups_; ++g)
    elementwise_kernels().add(dm.columns, dm.data + g * dm.stride,
                              gradients.dcondition.data + g * gradients.dcondition.stride);
}

}  // namespace stsr
