#include "stsr/inference/network_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "grid_pass.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/parallel.h"
#include "stsr/io/safetensors.h"
#include "stsr/sampling/partition.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr std::size_t max_points = std::size_t{1} << 18;  // of a chunk
constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

std::string fingerprint_of(const Model& model) {
  Fingerprint all;
  const TensorFile file = to_tensor_file(model);
  for (const auto& [name, text] : file.metadata) all.add(name).add(text);
  for (const auto& [name, tensor] : file.tensors)
    all.add(name).add(std::span(tensor.shape)).add(std::span(tensor.bytes));
  return all.text();
}

void check_weights(std::span<const double> weights, std::size_t variables) {
  if (weights.size() != variables)
    throw ValueError(
        fmt::format("a mixture of this model needs {} weights, got {}", variables, weights.size()));
  double sum = 0.0;
  for (const double weight : weights) {
    if (!(weight >= 0.0) || !std::isfinite(weight))
      throw ValueError(fmt::format("weights of a mixture must be at least 0, got {}", weight));
    sum += weight;
  }
  if (std::abs(sum - 1.0) > 1e-6)
    throw ValueError(fmt::format("weights of a mixture must add up to 1, got {}", sum));
}

/// What keeps two variables from being mixed, empty where nothing does.
std::string difference(const TrainedVariable& a, const TrainedVariable& b) {
  if (std::string what = sampling_difference(a.info, b.info); !what.empty()) return what;
  if (a.time_span != b.time_span) return "their span of time";
  if (a.ranges.ranges.size() != b.ranges.ranges.size()) return "the kind of their value range";
  return {};
}

/// Marks as missing what is missing in either map.
MissingMap either_missing(const MissingMap& a, const MissingMap& b) {
  if (!a.any()) return b;
  if (!b.any()) return a;
  const MissingMap& longer = a.steps.size() >= b.steps.size() ? a : b;
  const MissingMap& other = &longer == &a ? b : a;
  MissingMap both = longer;
  for (std::size_t step = 0; step < both.steps.size(); ++step) {
    const auto& bits = other.steps[other.steps.size() == 1 ? 0 : step];
    for (std::size_t i = 0; i < bits.size(); ++i) both.steps[step][i] |= bits[i];
  }
  return both;
}

/// Adds weight * range of one variable to those of the mixture.
void add_ranges(std::vector<ValueRange>& sum, const std::vector<ValueRange>& ranges,
                double weight) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    sum[i].low += weight * ranges[i].low;
    sum[i].high += weight * ranges[i].high;
  }
}

/// Points of one variable on their way through the network: each goes to the head that owns its
/// position.
class PointPass {
 public:
  PointPass(const BlockConfig& blocks, const NetworkVariable& variable)
      : variable_(variable), partition_(blocks, variable.trained.info) {}

  void evaluate(std::span<const Point> points, std::span<float> out);

 private:
  void place(std::span<const Point> points);
  [[nodiscard]] float value(const Point& point, float output) const;

  const NetworkVariable& variable_;
  Partition partition_;
  std::vector<std::array<float, 4>> coordinates_;  // [point]
  std::vector<std::size_t> head_;                  // [point] heads() for a point outside
};

/// Coordinates and heads of a chunk of points.
void PointPass::place(std::span<const Point> points) {
  const TrainedVariable& trained = variable_.trained;
  const Grid& grid = trained.info.grid;
  coordinates_.resize(points.size());
  head_.resize(points.size());
  parallel_for("point coordinates", points.size(), [&](std::size_t i) {
    const Point& p = points[i];
    if (!within_extent(trained.info, p)) {
      head_[i] = partition_.heads();
      return;
    }
    const std::array<double, 3> place{p.x, p.y, p.z};
    std::array<std::size_t, 3> block{};
    coordinates_[i][0] = static_cast<float>(network_time(trained.time_span, p.t));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double position = (place[axis] - grid.origin[axis]) / grid.spacing[axis];
      block[axis] = partition_.axis(axis).owner(position);
      coordinates_[i][3 - axis] =
          static_cast<float>(partition_.axis(axis).local(position, block[axis]));
    }
    head_[i] = partition_.head(block[0], block[1], block[2]);
  });
}

float PointPass::value(const Point& point, float output) const {
  const TrainedVariable& trained = variable_.trained;
  const float value = in_data_unit(trained, trained.ranges.at(point.t), output);
  if (!trained.missing.any()) return value;
  const Grid& grid = trained.info.grid;
  const auto nearest = [&](std::size_t axis, double place) {
    return nearest_sample((place - grid.origin[axis]) / grid.spacing[axis], grid.dims[axis]);
  };
  const std::size_t sample =
      (nearest(2, point.z) * grid.dims.y + nearest(1, point.y)) * grid.dims.x + nearest(0, point.x);
  return trained.missing.missing(nearest_step(trained.info.times, point.t), sample) ? missing_value
                                                                                    : value;
}

void PointPass::evaluate(std::span<const Point> points, std::span<float> out) {
  place(points);
  // Sorts the points by head, those outside last (counting sort).
  const std::size_t heads = partition_.heads();
  std::vector<std::size_t> begin(heads + 2, 0);
  for (const std::size_t head : head_) ++begin[head + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::size_t> order(points.size());
  std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
  for (std::size_t i = 0; i < points.size(); ++i) order[next[head_[i]]++] = i;

  // Evaluates the points of each head together.
  const std::size_t inside = begin[heads];
  std::vector<float> rows(inside * 4);
  for (std::size_t k = 0; k < inside; ++k)
    std::copy_n(coordinates_[order[k]].data(), 4, rows.data() + 4 * k);
  std::vector<float> outputs(inside);
  for (std::size_t head = 0; head < heads; ++head) {
    const std::size_t count = begin[head + 1] - begin[head];
    const std::array<std::size_t, 1> one{variable_.first_head + head};
    if (count > 0)
      variable_.decoder->evaluate(std::span(rows).subspan(4 * begin[head], 4 * count), one,
                                  std::span(outputs).subspan(begin[head], count));
  }
  parallel_for("point values", points.size(), [&](std::size_t k) {
    out[order[k]] = k < inside ? value(points[order[k]], outputs[k]) : missing_value;
  });
}

}  // namespace

NetworkField::NetworkField(const Model& model, const ComputeOptions& compute)
    : NetworkField(model, make_cpu_evaluator(model.plan(), model.parameters, compute), compute) {}

NetworkField::NetworkField(const Model& model, std::shared_ptr<const Evaluator> evaluator,
                           const ComputeOptions& compute)
    : has_latents_(model.network.architecture != Architecture::coordnet),
      blocks_(model.blocks),
      compute_(compute),
      evaluator_(std::move(evaluator)),
      network_fingerprint_(fingerprint_of(model)) {
  const NetworkPlan plan = model.plan();
  std::shared_ptr<const Decoder> shared;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    std::vector<float> latent = latent_vector(plan, model.parameters, i);
    if (has_latents_ || !shared) shared = evaluator_->decoder(latent);
    add(model.variables[i], std::move(latent), shared, plan.first_head(i));
  }
}

void NetworkField::add(TrainedVariable trained, std::vector<float> latent,
                       std::shared_ptr<const Decoder> decoder, std::size_t first_head) {
  infos_.push_back(trained.info);
  latents_.push_back(std::move(latent));
  variables_.push_back({std::move(trained), std::move(decoder), first_head});
}

std::shared_ptr<const NetworkField> NetworkField::mixture(std::span<const double> weights,
                                                          const std::string& name) const {
  if (!has_latents_)
    throw ValueError(
        "a CoordNet has an output per variable and no latent vectors that could be blended; train "
        "with network.architecture 'stsr-inr'");
  check_weights(weights, variables_.size());
  const NetworkVariable* first = nullptr;
  TrainedVariable mixed;
  std::vector<double> phi(latents_.front().size(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0.0) continue;
    const TrainedVariable& variable = variables_[i].trained;
    if (first == nullptr) {
      first = &variables_[i];
      mixed = variable;
      mixed.info.name = name;
      mixed.fingerprint.reset();  // it is of no one data set
      mixed.ranges.ranges.assign(variable.ranges.ranges.size(), ValueRange{});
      mixed.info.packing.offset = 0.0;
    }
    if (const std::string what = difference(first->trained, variable); !what.empty())
      throw ValueError(fmt::format(
          "variables '{}' and '{}' cannot be blended, they differ in {}; blend variables "
          "that share grid and times",
          first->trained.info.name, variable.info.name, what));
    if (variable.info.unit != first->trained.info.unit) mixed.info.unit.clear();
    mixed.info.packing.offset += weights[i] * variable.info.packing.offset;
    add_ranges(mixed.ranges.ranges, variable.ranges.ranges,
               weights[i] * variable.info.packing.scale / mixed.info.packing.scale);
    mixed.missing = either_missing(mixed.missing, variable.missing);
    for (std::size_t k = 0; k < phi.size(); ++k) phi[k] += weights[i] * latents_[i][k];
  }
  const std::shared_ptr<NetworkField> field(new NetworkField());
  field->blocks_ = blocks_;
  field->compute_ = compute_;
  field->evaluator_ = evaluator_;
  Fingerprint all;
  all.add(network_fingerprint_).add(name).add(weights);
  field->network_fingerprint_ = all.text();
  std::vector<float> latent(phi.begin(), phi.end());
  std::shared_ptr<const Decoder> decoder = evaluator_->decoder(latent);
  field->add(std::move(mixed), std::move(latent), std::move(decoder), 0);
  return field;
}

void NetworkField::evaluate(std::span<const Point> points, std::size_t variable,
                            std::span<float> out) const {
  check(points, variable, out);
  const ThreadScope threads(compute_.threads);
  PointPass pass(blocks_, variables_[variable]);
  for (std::size_t first = 0; first < points.size(); first += max_points) {
    const std::size_t count = std::min(max_points, points.size() - first);
    pass.evaluate(points.subspan(first, count), out.subspan(first, count));
  }
}

void NetworkField::sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
                          const GridSelection& part, std::span<float> out,
                          const Advanced& advanced) const {
  const std::size_t samples = check(chosen, time, part, out);
  const ThreadScope threads(compute_.threads);
  for (std::size_t begin = 0; begin < chosen.size();) {
    // Those that one pass of the network gives.
    std::vector<const NetworkVariable*> together;
    while (begin + together.size() < chosen.size() &&
           (together.empty() || evaluated_together(chosen[begin], chosen[begin + together.size()])))
      together.push_back(&variables_[chosen[begin + together.size()]]);
    const std::size_t count = together.size();
    const GridPass pass(blocks_, std::move(together), grid, advanced);
    pass.evaluate(time, part, out.subspan(begin * samples, count * samples));
    begin += count;
  }
}

std::vector<GridSelection> NetworkField::pieces(std::size_t variable, const OutputGrid& grid,
                                                std::size_t max_samples) const {
  check(variable);
  return GridPass(blocks_, {&variables_[variable]}, grid).pieces(max_samples);
}

bool NetworkField::evaluated_together(std::size_t a, std::size_t b) const {
  const TrainedVariable& first = variables_[a].trained;
  const TrainedVariable& second = variables_[b].trained;
  return variables_[a].decoder == variables_[b].decoder && first.time_span == second.time_span &&
         sampling_difference(first.info, second.info).empty();
}

std::string NetworkField::fingerprint() const {
  Fingerprint all;
  all.add(network_fingerprint_).add(enum_name(compute_.precision));
  return all.text();
}

}  // namespace stsr
