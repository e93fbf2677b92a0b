#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "stsr/network/network_plan.h"

// The networks of method sections 3 and 7 a row at a time in double, as plainly as they can be
// written: the oracle of the engine's tests.

namespace stsr::reference {

using Vector = std::vector<double>;

inline Vector dense(const DenseLayer& layer, const Vector& parameters, const Vector& x,
                    const Vector& condition) {
  Vector y(layer.out);
  const std::size_t columns = layer.in + layer.condition_in;
  for (std::size_t o = 0; o < layer.out; ++o) {
    double sum = parameters[layer.bias + o];
    for (std::size_t i = 0; i < columns; ++i)
      sum += parameters[layer.weight + o * columns + i] *
             (i < layer.in ? x[i] : condition[i - layer.in]);
    y[o] = sum;
  }
  return y;
}

inline Vector activated(const DenseLayer& layer, const Vector& parameters, const Vector& x,
                        const Vector& condition) {
  Vector y = dense(layer, parameters, x, condition);
  for (double& value : y)
    value =
        layer.activation == Activation::sine ? std::sin(layer.omega * value) : std::max(value, 0.0);
  return y;
}

inline Vector stage(const Stage& s, const Vector& parameters, const Vector& x,
                    const Vector& condition) {
  Vector y = activated(s.first, parameters, x, condition);
  if (!s.second) return y;
  y = activated(*s.second, parameters, y, {});
  const Vector passing = s.projection ? activated(*s.projection, parameters, x, {}) : x;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = 0.5 * (passing[i] + y[i]);
  return y;
}

/// u and m after a chain, from u_{-1} = x and m_{-1} = m.
inline void run_chain(const Chain& chain, const Vector& parameters, Vector& x, Vector& m) {
  const Vector condition = m;
  for (std::size_t j = 0; j < chain.synthesis.size(); ++j) {
    x = stage(chain.synthesis[j], parameters, x, condition);
    if (chain.modulator.empty()) continue;
    m = stage(chain.modulator[j], parameters, m, {});
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= m[i];
  }
}

/// Outputs of all heads for coordinates (t, z, y, x) and a latent vector.
inline Vector forward(const NetworkPlan& plan, const Vector& parameters, const Vector& coordinates,
                      const Vector& phi) {
  Vector u = coordinates;
  Vector m = phi;
  run_chain(plan.trunk, parameters, u, m);
  if (plan.outputs.empty()) return u;
  Vector outputs;
  if (plan.head_chains.empty()) {
    outputs = dense(plan.outputs.front(), parameters, u, {});
  } else {
    for (std::size_t h = 0; h < plan.heads; ++h) {
      Vector head_u = u;
      Vector head_m = m;
      run_chain(plan.head_chains[h], parameters, head_u, head_m);
      outputs.push_back(dense(plan.outputs[h], parameters, head_u, {})[0]);
    }
  }
  for (double& value : outputs) value = std::tanh(value);
  return outputs;
}

}  // namespace stsr::reference
