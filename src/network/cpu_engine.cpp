#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "group_pass.h"
#include "optimiser.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/network/engine.h"

namespace stsr {

namespace {

/// Rows that walk through the network together: few enough for the activations to stay near the
/// core, and many enough to be worth fetching all weights, and the sums of their gradients, for;
/// residual heads and the ten blocks of a CoordNet have more of these.
std::size_t tile_rows_of(const NetworkPlan& plan) {
  const bool linear_heads = plan.head_chains.empty() && !plan.outputs.empty();
  return linear_heads ? 96 : 192;
}

/// Rows that share one pass of the modulator over their groups, and groups of such a pass.
constexpr std::size_t chunk_rows = 4096;
constexpr std::size_t chunk_groups = 96;

/// What one thread takes from a batch at once.
struct Chunks {
  std::size_t group_rows = 0;
  std::size_t groups = 0;  // of a chunk
  [[nodiscard]] std::size_t rows() const { return groups * group_rows; }
};

/// Spreads the groups of a thread evenly over its chunks, so that none is small.
Chunks chunks_of(const BatchSource& batch, std::size_t threads) {
  const std::size_t rows = batch.group_rows();
  const std::size_t max_groups = std::clamp<std::size_t>(chunk_rows / rows, 1, chunk_groups);
  const std::size_t share = ceil_divide(std::max<std::size_t>(batch.groups(), 1), threads);
  return {rows, ceil_divide(share, ceil_divide(share, max_groups))};
}

/// Buffers of one thread, and its part of the gradient and the loss.
struct Worker {
  Worker(const NetworkPlan& plan, const PackedNetwork& network, Precision precision,
         const Chunks& largest)
      : tile_rows(tile_rows_of(plan)),
        coordinates(largest.rows() * coordinate_count),
        targets(largest.rows() * plan.heads),
        variables(largest.groups),
        noise(largest.groups * plan.latent_length),
        group(largest.rows()),
        shared(plan, network, largest.groups, precision),
        x(tile_rows, coordinate_count, Precision::float32),
        trunk(network.synthesis, tile_rows, !network.modulator.empty(), precision),
        z(tile_rows, network.outputs.empty() ? plan.heads : network.outputs.front().layer().out),
        du(tile_rows, plan.config.width),
        head_du(tile_rows, plan.config.width),
        gradient(plan.layout.size()) {
    if (!network.head_synthesis.empty())
      head.emplace_back(network.head_synthesis.front(), tile_rows, !network.modulator.empty(),
                        precision);
  }

  /// Counts the squared error of one output and returns its derivative, 0 where there is no target.
  float error_gradient(float output, float target) {
    if (std::isnan(target)) return 0.0F;
    const float error = output - target;
    squared_error += static_cast<double>(error) * static_cast<double>(error);
    ++target_count;
    return 2.0F * error;
  }

  std::size_t tile_rows;
  // A chunk.
  std::vector<float> coordinates;
  std::vector<float> targets;
  std::vector<std::uint32_t> variables;
  std::vector<float> noise;
  std::vector<std::uint32_t> group;  // of each row
  GroupPass shared;
  // A tile.
  Activations x;
  ChainPass trunk;
  std::vector<ChainPass> head;  // one that serves all heads, or none
  Scratch z;                    // outputs, and then their gradients
  Scratch du;                   // dL/du of the trunk
  Scratch head_du;              // dL/du of a head
  // The sums.
  std::vector<float> gradient;
  double squared_error = 0.0;
  std::size_t target_count = 0;
};

class CpuEngine final : public Engine {
 public:
  CpuEngine(NetworkPlan plan, const OptimiserConfig& optimiser, const ComputeOptions& compute)
      : plan_(std::move(plan)),
        compute_(compute),
        kernels_(compute.instruction_set),
        network_(plan_, kernels_, compute.precision, Passes::both),
        optimiser_(plan_, optimiser, kernels_),
        parameters_(plan_.layout.size()),
        gradient_(plan_.layout.size()) {}

  [[nodiscard]] const NetworkPlan& plan() const override { return plan_; }

  BatchLoss train(const BatchSource& batch, double rate_factor) override;
  void kld_step(double rate_factor) override;
  BatchLoss differentiate(const BatchSource& batch, std::span<float> gradient_sum) override;
  void step(std::span<const float> gradient_sum, const BatchLoss& all, double rate_factor) override;

  [[nodiscard]] EngineState state() const override { return {parameters_, optimiser_.state()}; }
  void restore(EngineState state) override;

 private:
  void prepare_workers(const Chunks& chunks);
  void run_chunk(Worker& worker, const BatchSource& batch, std::size_t begin, std::size_t count);
  void run_tile(Worker& worker, std::size_t first, std::size_t count);
  void run_heads(Worker& worker, std::size_t first, const Rows& rows);
  void run_loss(Worker& worker, std::size_t first, std::size_t rows);
  void run_output(Worker& worker, const PackedLayer& layer, Activations& u, std::size_t first_row,
                  std::size_t rows, std::size_t first_head, WordMatrix du);
  void add_latent_gradient(Worker& worker, std::size_t groups);
  BatchLoss run_batch(const BatchSource& batch);
  void sum_gradients(double scale, std::span<float> sum);
  void check_size(std::size_t values) const;

  NetworkPlan plan_;
  ComputeOptions compute_;
  Kernels kernels_;
  PackedNetwork network_;
  Optimiser optimiser_;
  std::vector<float> parameters_;
  std::vector<float> gradient_;
  std::vector<Worker> workers_;
  Chunks largest_;  // that the workers have room for
};

void CpuEngine::prepare_workers(const Chunks& chunks) {
  const auto threads = static_cast<std::size_t>(thread_count());
  if (workers_.size() != threads || largest_.group_rows != chunks.group_rows ||
      largest_.groups < chunks.groups) {
    workers_.clear();
    // Each on its thread: memory lies near the core that touches it first.
    std::vector<std::optional<Worker>> made(threads);
    parallel_for("make buffers", threads, [&](std::size_t i) {
      made[i].emplace(plan_, network_, compute_.precision, chunks);
    });
    workers_.reserve(threads);
    for (std::optional<Worker>& worker : made) workers_.push_back(std::move(*worker));
    largest_ = chunks;
  }
  parallel_for("clear gradients", threads, [&](std::size_t i) {
    Worker& worker = workers_[i];
    std::fill(worker.gradient.begin(), worker.gradient.end(), 0.0F);
    worker.squared_error = 0.0;
    worker.target_count = 0;
  });
}

void CpuEngine::check_size(std::size_t values) const {
  if (values != plan_.layout.size())
    throw ShapeError(
        fmt::format("this network has {} parameters, got {}", plan_.layout.size(), values));
}

BatchLoss CpuEngine::train(const BatchSource& batch, double rate_factor) {
  const ThreadScope threads(compute_.threads);
  const BatchLoss loss = run_batch(batch);
  if (!std::isfinite(loss.squared_error)) return loss;
  sum_gradients(loss.scale(), gradient_);
  optimiser_.step(parameters_, gradient_, rate_factor);
  return loss;
}

void CpuEngine::kld_step(double rate_factor) {
  const ThreadScope threads(compute_.threads);
  optimiser_.kld_step(parameters_, rate_factor);
}

BatchLoss CpuEngine::differentiate(const BatchSource& batch, std::span<float> gradient_sum) {
  check_size(gradient_sum.size());
  const ThreadScope threads(compute_.threads);
  const BatchLoss loss = run_batch(batch);
  sum_gradients(1.0, gradient_sum);
  return loss;
}

void CpuEngine::step(std::span<const float> gradient_sum, const BatchLoss& all,
                     double rate_factor) {
  check_size(gradient_sum.size());
  const ThreadScope threads(compute_.threads);
  kernels_.elementwise().scaled_copy(gradient_sum.size(), static_cast<float>(all.scale()),
                                     gradient_sum.data(), gradient_.data());
  optimiser_.step(parameters_, gradient_, rate_factor);
}

void CpuEngine::restore(EngineState state) {
  check_size(state.parameters.size());
  optimiser_.restore(std::move(state.optimiser));
  parameters_ = std::move(state.parameters);
}

/// Forward and backward pass; leaves the gradients and the loss in the workers.
BatchLoss CpuEngine::run_batch(const BatchSource& batch) {
  network_.pack(parameters_);
  const Chunks chunks = chunks_of(batch, static_cast<std::size_t>(thread_count()));
  prepare_workers(chunks);
  parallel_parts("training pass", batch.groups(),
                 [&](int thread, std::size_t begin, std::size_t end) {
                   Worker& worker = workers_[static_cast<std::size_t>(thread)];
                   for (std::size_t first = begin; first < end; first += chunks.groups)
                     run_chunk(worker, batch, first, std::min(chunks.groups, end - first));
                 });
  BatchLoss loss;
  for (const Worker& worker : workers_) {
    loss.squared_error += worker.squared_error;
    loss.targets += worker.target_count;
  }
  return loss;
}

/// sum = scale times the gradients of all workers, which it uses up.
void CpuEngine::sum_gradients(double scale, std::span<float> sum) {
  parallel_parts("gradient sum", sum.size(), [&](int, std::size_t begin, std::size_t end) {
    const ElementwiseKernels& kernels = kernels_.elementwise();
    const std::size_t count = end - begin;
    for (std::size_t i = 1; i < workers_.size(); ++i)
      kernels.add(count, workers_[i].gradient.data() + begin, workers_[0].gradient.data() + begin);
    kernels.scaled_copy(count, static_cast<float>(scale), workers_[0].gradient.data() + begin,
                        sum.data() + begin);
  });
}

void CpuEngine::run_chunk(Worker& worker, const BatchSource& batch, std::size_t begin,
                          std::size_t count) {
  const std::size_t group_rows = batch.group_rows();
  const std::size_t l = plan_.latent_length;
  batch.fill(begin, count, worker.coordinates.data(), worker.targets.data(),
             worker.variables.data(), worker.noise.data());
  // phi = mu + sigma eps
  for (std::size_t g = 0; g < count; ++g) {
    float* phi = worker.shared.phi().row(g);
    const std::size_t variable = worker.variables[g];
    std::copy_n(worker.noise.data() + g * l, l, phi);
    if (plan_.mu)
      kernels_.elementwise().add(l, parameters_.data() + *plan_.mu + variable * l, phi);
    else if (l > 0)
      phi[variable] += 1.0F;
    std::fill_n(worker.group.data() + g * group_rows, group_rows, static_cast<std::uint32_t>(g));
  }
  worker.shared.forward(network_, count);
  const std::size_t rows = count * group_rows;
  for (std::size_t first = 0; first < rows; first += worker.tile_rows)
    run_tile(worker, first, std::min(worker.tile_rows, rows - first));
  worker.shared.backward(network_, worker.gradient.data());
  add_latent_gradient(worker, count);
}

void CpuEngine::run_tile(Worker& worker, std::size_t first, std::size_t count) {
  const Rows rows{count, worker.group.data() + first};
  for (std::size_t r = 0; r < count; ++r)
    std::copy_n(worker.coordinates.data() + (first + r) * coordinate_count, coordinate_count,
                worker.x.values.row(r));
  worker.trunk.forward(network_.synthesis, rows, worker.x, worker.shared.trunk());
  ChainPass::Gradients gradients{
      std::vector<WordMatrix>(network_.synthesis.size(), worker.du.words())};
  if (network_.outputs.empty()) {
    run_loss(worker, first, count);
    gradients.d.back() = worker.z.words();
  } else {
    run_heads(worker, first, rows);
  }
  worker.trunk.backward(network_.synthesis, rows, worker.x, worker.shared.trunk(), gradients,
                        worker.gradient.data());
}

/// Forward and backward pass of the heads; leaves dL/du of the trunk.
void CpuEngine::run_heads(Worker& worker, std::size_t first, const Rows& rows) {
  if (worker.head.empty()) {
    run_output(worker, network_.outputs.front(), worker.trunk.u(), first, rows.count, 0,
               worker.du.words());
    return;
  }
  ChainPass& pass = worker.head.front();
  for (std::size_t h = 0; h < plan_.heads; ++h) {
    const PackedChain& chain = network_.head_synthesis[h];
    const Shared& shared = worker.shared.head(h);
    pass.forward(chain, rows, worker.trunk.u(), shared);
    run_output(worker, network_.outputs[h], pass.u(), first, rows.count, h, worker.head_du.words());
    const ChainPass::Gradients gradients{
        std::vector<WordMatrix>(chain.size(), worker.head_du.words()), false, worker.du.words(),
        h > 0};
    pass.backward(chain, rows, worker.trunk.u(), shared, gradients, worker.gradient.data());
  }
}

/// The trunk's last u against the targets: counts the squared error and leaves dL/du in z, not yet
/// divided by the number of targets.
void CpuEngine::run_loss(Worker& worker, std::size_t first, std::size_t rows) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* output = worker.trunk.u().values.row(r);
    const float* targets = worker.targets.data() + (first + r) * plan_.heads;
    for (std::size_t c = 0; c < plan_.heads; ++c)
      worker.z.row(r)[c] = worker.error_gradient(output[c], targets[c]);
  }
}

/// tanh(u W^T + b) against the targets from `first_head` on: counts the squared error, adds the
/// gradient of the layer, and writes dL/du, not yet divided by the number of targets.
void CpuEngine::run_output(Worker& worker, const PackedLayer& layer, Activations& u,
                           std::size_t first_row, std::size_t rows, std::size_t first_head,
                           WordMatrix du) {
  const std::size_t outputs = layer.layer().out;
  DenseForward forward = layer.forward(rows, u.values.words());
  forward.u = worker.z.words();
  layer.run(forward);
  float* dbias = worker.gradient.data() + layer.layer().bias;
  for (std::size_t r = 0; r < rows; ++r) {
    float* z = worker.z.row(r);
    const float* targets = worker.targets.data() + (first_row + r) * plan_.heads + first_head;
    kernels_.elementwise().tanh_all(outputs, z, z);
    for (std::size_t c = 0; c < outputs; ++c) {
      const float output = z[c];
      z[c] = worker.error_gradient(output, targets[c]) * (1.0F - output * output);
      dbias[c] += z[c];
    }
  }
  layer.add_weight_gradient(rows, worker.z.words(), u.values.words(), worker.gradient.data());
  DenseBackward backward = layer.backward(rows, worker.z.words());
  backward.d = du;
  layer.run(backward);
}

void CpuEngine::add_latent_gradient(Worker& worker, std::size_t groups) {
  if (!plan_.mu) return;
  for (std::size_t g = 0; g < groups; ++g)
    kernels_.elementwise().add(
        plan_.latent_length, worker.shared.dphi().row(g),
        worker.gradient.data() + *plan_.mu + worker.variables[g] * plan_.latent_length);
}

}  // namespace

std::unique_ptr<Engine> make_cpu_engine(NetworkPlan plan, const OptimiserConfig& optimiser,
                                        const ComputeOptions& compute) {
  return std::make_unique<CpuEngine>(std::move(plan), optimiser, compute);
}

}  // namespace stsr
