#include "network_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "operations.h"
#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/network/engine.h"
#include "stsr/network/evaluator.h"

namespace stsr {

namespace {

std::vector<float> uniform_numbers(std::size_t count, std::uint64_t index) {
  std::vector<float> numbers(count);
  RandomStream{1, RandomUse::tests, index}.fill_uniform(numbers, -1.0F, 1.0F);
  return numbers;
}

/// Rows that lie ready in memory, as the peers have them.
class PreloadedBatch final : public BatchSource {
 public:
  PreloadedBatch(const NetworkRun& run, const NetworkPlan& plan)
      : group_rows_(run.group_rows),
        groups_(run.rows / run.group_rows),
        heads_(plan.heads),
        latent_length_(plan.latent_length),
        coordinates_(uniform_numbers(run.rows * coordinate_count, 1)),
        targets_(uniform_numbers(run.rows * heads_, 2)),
        noise_(groups_ * latent_length_) {
    RandomStream{1, RandomUse::noise, 3}.fill_normal(noise_);
    for (std::size_t group = 0; group < groups_; ++group)
      variables_.push_back(static_cast<std::uint32_t>(group % run.variables));
  }
  [[nodiscard]] std::size_t groups() const override { return groups_; }
  [[nodiscard]] std::size_t group_rows() const override { return group_rows_; }
  void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override {
    const std::size_t row = begin * group_rows_;
    const std::size_t rows = count * group_rows_;
    std::copy_n(coordinates_.data() + row * coordinate_count, rows * coordinate_count, coordinates);
    std::copy_n(targets_.data() + row * heads_, rows * heads_, targets);
    std::copy_n(variables_.data() + begin, count, variables);
    std::copy_n(noise_.data() + begin * latent_length_, count * latent_length_, noise);
  }

 private:
  std::size_t group_rows_;
  std::size_t groups_;
  std::size_t heads_;
  std::size_t latent_length_;
  std::vector<float> coordinates_;
  std::vector<float> targets_;
  std::vector<float> noise_;
  std::vector<std::uint32_t> variables_;
};

NetworkTimes time_steps(double seconds, const std::function<void()>& step) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  step();  // buffers are allocated, pages touched, the clock is up
  std::vector<double> times;
  for (const auto start = Clock::now(); times.size() < 3 || since(start) < seconds;) {
    const auto begin = Clock::now();
    step();
    times.push_back(since(begin));
  }
  std::sort(times.begin(), times.end());
  NetworkTimes result;
  result.steps = times.size();
  result.fastest = times.front();
  result.median = 0.5 * (times[(times.size() - 1) / 2] + times[times.size() / 2]);
  result.slowest = times.back();
  return result;
}

NetworkTimes measure_training(const NetworkRun& run, const NetworkPlan& plan,
                              std::vector<float> parameters) {
  const PreloadedBatch batch(run, plan);
  OptimiserConfig config;  // the paper's
  config.optimiser = OptimiserKind::adam;
  config.learning_rate = 1e-5;
  config.latent_learning_rate = 1e-5;
  config.weight_decay = 1e-6;
  const auto engine = make_cpu_engine(plan, config, run.compute);
  engine->restore({std::move(parameters), {}});
  NetworkTimes times = time_steps(run.seconds, [&] { (void)engine->train(batch, 1.0); });
  times.operations = training_operations(plan, run.rows, run.group_rows);
  return times;
}

NetworkTimes measure_inference(const NetworkRun& run, const NetworkPlan& plan,
                               const std::vector<float>& parameters) {
  const auto decoder = make_cpu_evaluator(plan, parameters, run.compute)
                           ->decoder(latent_vector(plan, parameters, 0));
  std::vector<std::size_t> heads(plan.heads);
  std::iota(heads.begin(), heads.end(), std::size_t{0});
  const std::vector<float> coordinates = uniform_numbers(run.rows * coordinate_count, 1);
  std::vector<float> values(run.rows * heads.size());
  NetworkTimes times =
      time_steps(run.seconds, [&] { decoder->evaluate(coordinates, heads, values); });
  times.operations = inference_operations(plan, run.rows);
  return times;
}

}  // namespace

NetworkTimes measure(const NetworkRun& run) {
  const bool training = run.pass == NetworkRun::Pass::training;
  if (run.rows == 0 || run.group_rows == 0 || (training && run.rows % run.group_rows != 0))
    throw ValueError(fmt::format("a batch is whole noise groups; {} rows are no multiple of {}",
                                 run.rows, run.group_rows));
  check_pays(run.compute.precision, run.compute.instruction_set);
  const NetworkPlan plan = plan_network(run.network, run.variables, run.heads);
  std::vector<float> parameters(plan.layout.size());
  initialise_parameters(plan, 1, parameters);
  return training ? measure_training(run, plan, std::move(parameters))
                  : measure_inference(run, plan, parameters);
}

}  // namespace stsr
