#include "chain_pass.h"

#include <utility>

namespace stsr {

namespace {

/// Has `product` write activations in every form that they have.
void write_to(Activations& u, DenseForward& product) {
  product.u = u.values.words();
  product.row_pairs = u.row_pairs.words();
  product.sample_pairs = u.sample_pairs.words();
}

}  // namespace

ChainPass::ChainPass(const PackedChain& chain, std::size_t rows, bool modulated,
                     Precision precision) {
  tapes_.reserve(chain.size());
  for (const PackedStage& stage : chain) {
    Tape& tape = tapes_.emplace_back();
    const std::size_t hidden = stage.first.layer().out;
    tape.derivative_first = Scratch(rows, hidden);
    if (stage.second) {
      tape.derivative_second = Scratch(rows, stage.out());
      tape.hidden = Activations(rows, hidden, precision);
    }
    if (stage.projection) tape.derivative_projection = Scratch(rows, stage.out());
    if (modulated) tape.f = Scratch(rows, stage.out());
    tape.u = Activations(rows, stage.out(), precision);
  }
  if (precision == Precision::float32) return;
  for (Pairs* pairs : {&dz_, &dz_before_, &dz_projection_}) {
    pairs->rows = Scratch(rows, ceil_divide(widest(chain), 2));
    pairs->samples = Scratch(ceil_divide(rows, 2), widest(chain));
  }
}

void ChainPass::forward(const PackedChain& chain, const Rows& rows, Activations& x,
                        const Shared& shared) {
  for (std::size_t j = 0; j < chain.size(); ++j)
    forward_stage(chain[j], j, rows, j == 0 ? x : u(j - 1), shared);
}

void ChainPass::forward_stage(const PackedStage& stage, std::size_t j, const Rows& rows,
                              Activations& x, const Shared& shared) {
  Tape& tape = tapes_[j];
  if (stage.projection) {
    DenseForward passing =
        stage.projection->forward(rows.count, x.rows(stage.projection->precision()));
    passing.derivative = tape.derivative_projection.words();
    passing.u = tape.u.values.words();
    stage.projection->run(passing);
  }
  DenseForward product = stage.first.forward(rows.count, x.rows(stage.first.precision()));
  product.group = rows.group;
  product.derivative = tape.derivative_first.words();
  if (j == 0 && shared.bias.data != nullptr) product.bias = shared.bias;
  const PackedLayer* layer = &stage.first;
  if (stage.second) {
    write_to(tape.hidden, product);
    stage.first.run(product);
    // f = (x + second(hidden)) / 2, where x may be projected, and then lies in u; the factor 1/2 of
    // second's branch goes into its derivatives.
    layer = &*stage.second;
    product = layer->forward(rows.count, tape.hidden.rows(layer->precision()));
    product.group = rows.group;
    product.derivative = tape.derivative_second.words();
    product.derivative_factor *= 0.5F;
    product.residual = (stage.projection ? tape.u : x).values.words();
  }
  if (!shared.modulations.empty()) {
    product.f = tape.f.words();
    product.scale = shared.modulations[j].m;
  }
  write_to(tape.u, product);
  layer->run(product);
}

void ChainPass::backward(const PackedChain& chain, const Rows& rows, Activations& x,
                         const Shared& shared, const Gradients& gradients, float* gradient) {
  // From dL/du of the last stage, as it lies there, to dz of its last layer: a product of nothing,
  // for what follows it.
  const std::size_t last = chain.size() - 1;
  DenseBackward start;
  start.rows = rows.count;
  start.columns = chain[last].out();
  start.accumulate = true;
  arrive(chain, last, rows, shared, gradients, gradient, start);
  chain[last].last().run(start);
  for (std::size_t j = chain.size(); j-- > 0;) {
    const PackedStage& stage = chain[j];
    Tape& tape = tapes_[j];
    Activations& before = j == 0 ? x : u(j - 1);
    std::swap(dz_, dz_before_);
    // Through the stage to dz of its first layer, and the gradients of its weights.
    backward_stage(stage, j, rows, before, gradient);
    // The other branch of a projected block starts from the same dL/df.
    if (stage.projection)
      backward_projection(*stage.projection, tape, rows, before, gradients.d[j], gradient);
    if (j == 0 && gradients.dx.data == nullptr) continue;
    // Through the first layer to dL/du_{j-1}; a block's input passes it by as well (skip).
    const Dz dz{stage.first, tape.derivative_first, dz_};
    DenseBackward product = stage.first.backward(rows.count, dz.rows());
    if (stage.second && !stage.projection) product.skip = gradients.d[j];
    // On the way, to dz of the last layer of the stage before it.
    if (j > 0) {
      product.accumulate = gradients.accumulate;
      arrive(chain, j - 1, rows, shared, gradients, gradient, product);
    } else {
      product.accumulate = gradients.accumulate_dx;
      product.d = gradients.dx;
    }
    if (stage.projection) add_projection(*stage.projection, tape, rows, product);
    stage.first.run(product);
  }
}

/// From dz of the last layer of stage j to that of its first, with the gradients of their weights.
void ChainPass::backward_stage(const PackedStage& stage, std::size_t j, const Rows& rows,
                               Activations& x, float* gradient) {
  Tape& tape = tapes_[j];
  if (stage.second) {
    const PackedLayer& second = *stage.second;
    const Dz dz{second, tape.derivative_second, dz_};
    second.add_weight_gradient(rows.count, dz.samples(), tape.hidden.samples(second.precision()),
                               gradient);
    DenseBackward product = second.backward(rows.count, dz.rows());
    Dz{stage.first, tape.derivative_first, dz_before_}.set(gradient, product);
    second.run(product);
    std::swap(dz_, dz_before_);
  }
  const Dz dz{stage.first, tape.derivative_first, dz_};
  stage.first.add_weight_gradient(rows.count, dz.samples(), x.samples(stage.first.precision()),
                                  gradient);
}

/// From d = dL/df of a projected stage to dz = d/2 * derivative of its projection, with the
/// gradients of the projection's weights.
void ChainPass::backward_projection(const PackedLayer& projection, Tape& tape, const Rows& rows,
                                    Activations& x, WordMatrix d, float* gradient) {
  const Dz dz{projection, tape.derivative_projection, dz_projection_};
  DenseBackward start;  // a product of nothing, to which d/2 is added
  start.rows = rows.count;
  start.columns = projection.layer().out;
  start.skip = d;
  dz.set(gradient, start);
  projection.run(start);
  projection.add_weight_gradient(rows.count, dz.samples(), x.samples(projection.precision()),
                                 gradient);
}

/// Puts what comes back through the projection where `product` will add the other branch to it.
void ChainPass::add_projection(const PackedLayer& projection, Tape& tape, const Rows& rows,
                               DenseBackward& product) {
  const Dz dz{projection, tape.derivative_projection, dz_projection_};
  DenseBackward passing = projection.backward(rows.count, dz.rows());
  passing.d = product.d;
  passing.accumulate = product.accumulate;
  projection.run(passing);
  product.accumulate = true;
}

/// Completes a product that gives dL/du_j: demodulates it and continues to dz of the stage's last
/// layer.
void ChainPass::arrive(const PackedChain& chain, std::size_t j, const Rows& rows,
                       const Shared& shared, const Gradients& gradients, float* gradient,
                       DenseBackward& product) {
  Tape& tape = tapes_[j];
  product.group = rows.group;
  product.d = gradients.d[j];
  if (!shared.modulations.empty()) {
    product.f = tape.f.words();
    product.scale = shared.modulations[j].m;
    product.dscale = shared.modulations[j].dm;
  }
  Scratch& derivative = chain[j].second ? tape.derivative_second : tape.derivative_first;
  Dz{chain[j].last(), derivative, dz_before_}.set(gradient, product);
  if (j == 0 && shared.dbias.data != nullptr) product.dbias = shared.dbias;
}

void ChainPass::Dz::set(float* gradient, DenseBackward& product) const {
  product.derivative = derivative.words();
  product.dbias = {gradient + layer.layer().bias, 0};
  if (layer.precision() == Precision::float32) {
    product.dz = derivative.words();
  } else {
    product.row_pairs = pairs.rows.words();
    product.sample_pairs = pairs.samples.words();
  }
}

ConstWordMatrix ChainPass::Dz::rows() const {
  return (layer.precision() == Precision::float32 ? derivative : pairs.rows).words();
}

ConstWordMatrix ChainPass::Dz::samples() const {
  return (layer.precision() == Precision::float32 ? derivative : pairs.samples).words();
}

void evaluate_stage(const PackedStage& stage, std::size_t rows, Activations& x,
                    const Folded& folded, Activations& hidden, Activations& u) {
  if (stage.projection) {
    DenseForward passing = stage.projection->forward(rows, x.rows(stage.projection->precision()));
    passing.u = u.values.words();
    stage.projection->run(passing);
  }
  DenseForward product = stage.first.forward(rows, x.rows(stage.first.precision()));
  if (folded.bias != nullptr) product.bias = {folded.bias, 0};
  const PackedLayer* layer = &stage.first;
  if (stage.second) {
    write_to(hidden, product);
    stage.first.run(product);
    layer = &*stage.second;
    product = layer->forward(rows, hidden.rows(layer->precision()));
    product.residual = (stage.projection ? u : x).values.words();
  }
  product.scale = {folded.m, 0};
  write_to(u, product);
  layer->run(product);
}

}  // namespace stsr
