#include <algorithm>
#include <cmath>
#include <vector>

#include "chain_pass.h"
#include "cpu_decoder.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/kernels/elementwise.h"
#include "stsr/network/engine.h"

namespace stsr {

namespace {

/// Rows that walk through the network together: enough for the matrix products to run at speed, few
/// enough for the activations to stay in a core's cache.
constexpr std::size_t tile_rows = 128;

/// Buffers of one thread, and its part of the gradient and the loss.
struct Worker {
  Worker(const NetworkPlan& plan, std::size_t rows, std::size_t groups)
      : coordinates(rows * coordinate_count),
        targets(rows * plan.heads),
        variables(groups),
        phi(groups * plan.latent_length),
        dphi(groups, plan.latent_length),
        trunk(plan.trunk, rows, groups),
        output(rows, std::max<std::size_t>(plan.outputs.front().out, 1)),
        du(rows, plan.config.width),
        dm(groups, plan.config.width),
        head_du(rows, plan.outputs.front().in),
        head_dx(rows, plan.config.width),
        gradient(plan.layout.size()) {
    if (!plan.head_chains.empty()) head.emplace_back(plan.head_chains.front(), rows, groups);
  }

  std::vector<float> coordinates;
  std::vector<float> targets;
  std::vector<std::uint32_t> variables;
  std::vector<float> phi;
  Scratch dphi;
  ChainPass trunk;
  std::vector<ChainPass> head;  // one that serves all heads, or none
  Scratch output;
  Scratch du;
  Scratch dm;
  Scratch head_du;
  Scratch head_dx;
  std::vector<float> gradient;
  double squared_error = 0.0;
  std::size_t target_count = 0;
};

class CpuEngine final : public Engine {
 public:
  explicit CpuEngine(NetworkPlan plan)
      : plan_(std::move(plan)), parameters_(plan_.layout.size()), gradient_(plan_.layout.size()) {}

  [[nodiscard]] const NetworkPlan& plan() const override { return plan_; }
  [[nodiscard]] std::span<float> parameters() override { return parameters_; }
  [[nodiscard]] std::span<const float> parameters() const override { return parameters_; }
  [[nodiscard]] std::span<const float> gradient() const override { return gradient_; }

  double differentiate(const BatchSource& batch) override;

  [[nodiscard]] std::unique_ptr<Decoder> decoder(std::span<const float> phi) const override {
    return make_cpu_decoder(plan_, parameters_, phi);
  }

 private:
  void prepare_workers(std::size_t rows, std::size_t groups);
  void run_tile(Worker& worker, const BatchSource& batch, std::size_t begin, std::size_t count);
  void run_linear_heads(Worker& worker, std::size_t rows);
  void run_residual_heads(Worker& worker, std::size_t rows, std::size_t group_rows);
  MutableMatrix run_output(Worker& worker, const DenseLayer& layer, ConstMatrix u,
                           std::size_t first_head);
  void add_latent_gradient(Worker& worker, std::size_t groups);

  NetworkPlan plan_;
  std::vector<float> parameters_;
  std::vector<float> gradient_;
  std::vector<Worker> workers_;
  std::size_t worker_rows_ = 0;
  std::size_t worker_groups_ = 0;
};

void CpuEngine::prepare_workers(std::size_t rows, std::size_t groups) {
  const auto threads = static_cast<std::size_t>(thread_count());
  if (workers_.size() != threads || worker_rows_ != rows || worker_groups_ != groups) {
    workers_.clear();
    for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back(plan_, rows, groups);
    worker_rows_ = rows;
    worker_groups_ = groups;
  }
  for (Worker& worker : workers_) {
    std::fill(worker.gradient.begin(), worker.gradient.end(), 0.0F);
    worker.squared_error = 0.0;
    worker.target_count = 0;
  }
}

double CpuEngine::differentiate(const BatchSource& batch) {
  const std::size_t group_rows = batch.group_rows();
  const std::size_t tile_groups = std::max<std::size_t>(tile_rows / group_rows, 1);
  prepare_workers(tile_groups * group_rows, tile_groups);
  const std::size_t tiles = ceil_divide(batch.groups(), tile_groups);
  parallel_parts("training pass", tiles, [&](int thread, std::size_t begin, std::size_t end) {
    Worker& worker = workers_[static_cast<std::size_t>(thread)];
    for (std::size_t tile = begin; tile < end; ++tile) {
      const std::size_t first = tile * tile_groups;
      run_tile(worker, batch, first, std::min(tile_groups, batch.groups() - first));
    }
  });
  double squared_error = 0.0;
  std::size_t target_count = 0;
  for (const Worker& worker : workers_) {
    squared_error += worker.squared_error;
    target_count += worker.target_count;
  }
  const double scale = target_count == 0 ? 0.0 : 1.0 / static_cast<double>(target_count);
  parallel_parts("gradient sum", gradient_.size(), [&](int, std::size_t begin, std::size_t end) {
    const ElementwiseKernels& kernels = elementwise_kernels();
    kernels.scaled_copy(end - begin, 0.0F, workers_[0].gradient.data() + begin,
                        gradient_.data() + begin);
    for (const Worker& worker : workers_)
      kernels.add(end - begin, worker.gradient.data() + begin, gradient_.data() + begin);
    for (std::size_t i = begin; i < end; ++i) gradient_[i] *= static_cast<float>(scale);
  });
  return squared_error * scale;
}

void CpuEngine::run_tile(Worker& worker, const BatchSource& batch, std::size_t begin,
                         std::size_t count) {
  const std::size_t group_rows = batch.group_rows();
  const std::size_t rows = count * group_rows;
  const std::size_t l = plan_.latent_length;
  batch.fill(begin, count, worker.coordinates.data(), worker.targets.data(),
             worker.variables.data(), worker.phi.data());
  // phi = mu + sigma eps
  for (std::size_t group = 0; group < count; ++group) {
    float* phi = worker.phi.data() + group * l;
    const std::size_t variable = worker.variables[group];
    if (plan_.mu) {
      elementwise_kernels().add(l, parameters_.data() + *plan_.mu + variable * l, phi);
    } else {
      phi[variable] += 1.0F;
    }
  }
  const ChainPass::Input input{
      {worker.coordinates.data(), rows, coordinate_count, coordinate_count},
      {{worker.phi.data(), count, l, l}, group_rows}};
  worker.trunk.forward(plan_.trunk, parameters_.data(), input);

  const bool residual_heads = !plan_.head_chains.empty();
  const bool modulated = !plan_.trunk.modulator.empty();
  if (residual_heads) {
    clear(worker.du.top(rows));
    clear(worker.dm.top(count));
    run_residual_heads(worker, rows, group_rows);
  } else {
    run_linear_heads(worker, rows);
  }
  clear(worker.dphi.top(count));
  // Concatenated latents enter the trunk alone, so without a modulator the heads leave no dm.
  const ConstMatrix dm = residual_heads && modulated ? ConstMatrix(worker.dm.top(count))
                                                     : ConstMatrix{nullptr, 0, 0, 0};
  worker.trunk.backward(plan_.trunk, parameters_.data(), input,
                        {worker.du.top(rows), dm, {nullptr, 0, 0, 0}, worker.dphi.top(count)},
                        worker.gradient.data());
  add_latent_gradient(worker, count);
}

/// tanh(u W^T + b) against the targets from `first_head` on. Counts the squared error, adds the
/// gradient of the layer, and returns dL/d(u W^T + b), not yet divided by the number of targets.
MutableMatrix CpuEngine::run_output(Worker& worker, const DenseLayer& layer, ConstMatrix u,
                                    std::size_t first_head) {
  MutableMatrix z = worker.output.top(u.rows);
  z.columns = layer.out;
  multiply_transposed(u, {parameters_.data() + layer.weight, layer.out, layer.in, layer.in}, z);
  float* dbias = worker.gradient.data() + layer.bias;
  for (std::size_t r = 0; r < u.rows; ++r) {
    for (std::size_t c = 0; c < layer.out; ++c) {
      float& value = z.data[r * z.stride + c];
      const float target = worker.targets[r * plan_.heads + first_head + c];
      const float output = std::tanh(value + parameters_[layer.bias + c]);
      if (std::isnan(target)) {
        value = 0.0F;
        continue;
      }
      const float error = output - target;
      worker.squared_error += static_cast<double>(error) * static_cast<double>(error);
      ++worker.target_count;
      value = 2.0F * error * (1.0F - output * output);
      dbias[c] += value;
    }
  }
  transposed_multiply(z, u, {worker.gradient.data() + layer.weight, layer.out, layer.in, layer.in},
                      Accumulate::yes);
  return z;
}

void CpuEngine::run_linear_heads(Worker& worker, std::size_t rows) {
  const DenseLayer& layer = plan_.outputs.front();
  const MutableMatrix dz = run_output(worker, layer, worker.trunk.u(), 0);
  multiply(dz, {parameters_.data() + layer.weight, layer.out, layer.in, layer.in},
           worker.du.top(rows));
}

void CpuEngine::run_residual_heads(Worker& worker, std::size_t rows, std::size_t group_rows) {
  const MutableMatrix m = worker.trunk.m();
  const ChainPass::Input input{worker.trunk.u(), {m, group_rows}};
  ChainPass& pass = worker.head.front();
  for (std::size_t h = 0; h < plan_.heads; ++h) {
    const Chain& chain = plan_.head_chains[h];
    const DenseLayer& layer = plan_.outputs[h];
    pass.forward(chain, parameters_.data(), input);
    const MutableMatrix dz = run_output(worker, layer, pass.u(), h);
    const MutableMatrix du = worker.head_du.top(rows);
    multiply(dz, {parameters_.data() + layer.weight, layer.out, layer.in, layer.in}, du);
    const MutableMatrix dx = worker.head_dx.top(rows);
    pass.backward(chain, parameters_.data(), input,
                  {du, {nullptr, 0, 0, 0}, dx, worker.dm.top(m.rows)}, worker.gradient.data());
    const MutableMatrix sum = worker.du.top(rows);
    for (std::size_t r = 0; r < rows; ++r)
      elementwise_kernels().add(dx.columns, dx.data + r * dx.stride, sum.data + r * sum.stride);
  }
}

void CpuEngine::add_latent_gradient(Worker& worker, std::size_t groups) {
  if (!plan_.mu) return;
  const MutableMatrix dphi = worker.dphi.top(groups);
  for (std::size_t group = 0; group < groups; ++group)
    elementwise_kernels().add(
        plan_.latent_length, dphi.data + group * dphi.stride,
        worker.gradient.data() + *plan_.mu + worker.variables[group] * plan_.latent_length);
}

}  // namespace

std::unique_ptr<Engine> make_cpu_engine(NetworkPlan plan) {
  return std::make_unique<CpuEngine>(std::move(plan));
}

}  // namespace stsr
