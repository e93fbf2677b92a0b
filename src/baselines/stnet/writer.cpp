#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>

#include "baselines/stnet/engine.h"
#include "baselines/stnet/model_file.h"
#include "baselines/stnet/sample_source.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/parallel.h"
#include "stsr/base/text.h"
#include "stsr/baselines/stnet.h"
#include "stsr/interpolation/coefficients.h"
#include "stsr/io/config_file.h"

namespace stsr {

namespace stnet {

namespace {

/// One coarse time step, ready for the network; `missing` is empty where nothing is.
struct CoarseStep {
  std::vector<float> values;
  std::vector<std::uint8_t> missing;
};

const TrainedVariable& trained_variable(const StnetModel& model, const std::string& name) {
  std::vector<std::string> known;
  for (const TrainedVariable& variable : model.variables) {
    if (variable.info.name == name) return variable;
    known.push_back(variable.info.name);
  }
  throw ValueError(
      fmt::format("the model was not trained on a variable '{}'{}", name, name_hint(name, known)));
}

/// Where a tile of coarse samples lies along one axis, and what it sees beyond.
struct Span {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t low = 0;   ///< margin before it
  std::size_t high = 0;  ///< margin after it
};

std::vector<Span> spans_of(std::size_t samples, std::size_t tile, std::size_t halo) {
  std::vector<Span> spans;
  for (std::size_t first = 0; first < samples; first += tile) {
    const std::size_t count = std::min(tile, samples - first);
    spans.push_back({first, count, std::min(halo, first), std::min(halo, samples - first - count)});
  }
  return spans;
}

/// Where a tile lies, axes x, y, z.
using Place = std::array<Span, 3>;

/// Makes the frames of one variable, window by window. A window's last frame waits for the next
/// window, which gives the same kept step a second time.
class VariableWriter {
 public:
  VariableWriter(const Sequence& coarse, const RangeSeries& ranges, const Plan& plan,
                 const Engine& engine, std::size_t tile, std::size_t number, DatasetWriter& writer)
      : coarse_(coarse),
        full_(coarse.info.reduction->full_dims),
        ranges_(ranges),
        plan_(plan),
        engine_(engine),
        number_(number),
        writer_(writer) {
    const std::size_t halo = Plan::body_halo() + plan_.head_halo();
    std::array<std::vector<Span>, 3> spans;
    for (std::size_t axis = 0; axis < 3; ++axis)
      spans[axis] = spans_of(coarse_.info.grid.dims[axis], tile, halo);
    for (const Span& z : spans[2])
      for (const Span& y : spans[1])
        for (const Span& x : spans[0]) places_.push_back({x, y, z});
  }

  [[nodiscard]] std::size_t windows() const { return coarse_.steps.size() - 1; }
  [[nodiscard]] std::size_t tiles() const { return places_.size(); }

  /// True if a frame of the window is not on disk yet.
  [[nodiscard]] bool needed(std::size_t window) const {
    for (std::size_t frame = 0; frame < plan_.frames; ++frame)
      if (wanted(window, frame)) return true;
    return false;
  }

  /// Computes and writes; `advance` is called after each tile.
  void write(std::size_t window, const std::function<void()>& advance);

 private:
  [[nodiscard]] std::size_t stride() const { return plan_.frames - 1; }
  [[nodiscard]] std::size_t steps() const { return coarse_.info.reduction->full_times.size(); }
  [[nodiscard]] bool found(std::size_t step) const { return writer_.found(number_, step); }
  [[nodiscard]] bool wanted(std::size_t window, std::size_t frame) const;
  [[nodiscard]] CoarseStep load(std::size_t kept) const;
  [[nodiscard]] Tile tile_of(const Place& at, const CoarseStep& first,
                             const CoarseStep& last) const;
  void place(const Place& at, const float* frame, const ValueRange& range, bool second,
             std::span<float> out) const;
  void mark_missing(const CoarseStep& from, std::span<float> out) const;
  void hold(const StepValues& last);

  const Sequence& coarse_;
  const Dims& full_;
  const RangeSeries& ranges_;
  const Plan& plan_;
  const Engine& engine_;
  std::size_t number_;
  DatasetWriter& writer_;
  std::vector<Place> places_;
  std::optional<StepValues> waiting_;  ///< the last frame of the window before
};

/// The last frame of all is also wanted for the steps after it.
bool VariableWriter::wanted(std::size_t window, std::size_t frame) const {
  const std::size_t step = window * stride() + frame;
  if (!found(step)) return true;
  if (window + 1 < windows() || frame + 1 < plan_.frames) return false;
  for (std::size_t after = step + 1; after < steps(); ++after)
    if (!found(after)) return true;
  return false;
}

CoarseStep VariableWriter::load(std::size_t kept) const {
  const Dims& dims = coarse_.info.grid.dims;
  CoarseStep step{coarse_.steps[kept], {}};
  step.missing = fill_missing(dims, step.values);
  step.values = normalised(dims, std::move(step.values), ranges_.at(coarse_.info.times[kept]));
  return step;
}

Tile VariableWriter::tile_of(const Place& at, const CoarseStep& first,
                             const CoarseStep& last) const {
  const Dims& dims = coarse_.info.grid.dims;
  std::array<std::size_t, 3> size{};
  std::array<std::size_t, 3> begin{};
  Tile tile;
  tile.head_margin = plan_.head_halo();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    begin[axis] = at[axis].first - at[axis].low;
    size[axis] = at[axis].low + at[axis].count + at[axis].high;
    tile.margin[axis] = {at[axis].low, at[axis].high};
  }
  tile.coarse = {size[0], size[1], size[2]};
  for (const CoarseStep* step : {&first, &last})
    for (std::size_t z = 0; z < size[2]; ++z)
      for (std::size_t y = 0; y < size[1]; ++y) {
        const float* const row =
            step->values.data() + ((begin[2] + z) * dims.y + begin[1] + y) * dims.x + begin[0];
        tile.inputs.insert(tile.inputs.end(), row, row + size[0]);
      }
  return tile;
}

/// Puts one frame of a tile where it belongs, in the data's unit. The network makes u_s fine
/// samples of each coarse one; those past the end of the grid are dropped. Where the frame is the
/// `second` of its time step, averages with what is there.
void VariableWriter::place(const Place& at, const float* frame, const ValueRange& range,
                           bool second, std::span<float> out) const {
  std::array<std::size_t, 3> begin{};
  std::array<std::size_t, 3> made{};
  std::array<std::size_t, 3> size{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    begin[axis] = at[axis].first * plan_.scale;
    made[axis] = at[axis].count * plan_.scale;
    size[axis] = std::min(made[axis], full_[axis] - begin[axis]);
  }
  parallel_for("STNet output", size[2], [&](std::size_t z) {
    for (std::size_t y = 0; y < size[1]; ++y) {
      const float* const from = frame + (z * made[1] + y) * made[0];
      float* const to = out.data() + ((begin[2] + z) * full_.y + begin[1] + y) * full_.x + begin[0];
      for (std::size_t x = 0; x < size[0]; ++x) {
        const auto value = static_cast<float>(range.denormalise(from[x]));
        to[x] = second ? 0.5F * (to[x] + value) : value;
      }
    }
  });
}

/// NaN where the nearest coarse sample (halfway, the upper) is missing.
void VariableWriter::mark_missing(const CoarseStep& from, std::span<float> out) const {
  if (from.missing.empty()) return;
  const Dims& coarse = coarse_.info.grid.dims;
  const auto nearest = [&](std::size_t axis, std::size_t fine) {
    return std::min((fine + plan_.scale / 2) / plan_.scale, coarse[axis] - 1);
  };
  float* value = out.data();
  for (std::size_t z = 0; z < full_.z; ++z)
    for (std::size_t y = 0; y < full_.y; ++y)
      for (std::size_t x = 0; x < full_.x; ++x, ++value)
        if (from.missing[(nearest(2, z) * coarse.y + nearest(1, y)) * coarse.x + nearest(0, x)] !=
            0)
          *value = std::numeric_limits<float>::quiet_NaN();
}

void VariableWriter::hold(const StepValues& last) {
  const std::size_t kept = windows() * stride();
  for (std::size_t step = kept + 1; step < steps(); ++step) {
    if (found(step)) continue;
    StepValues values = writer_.make_values(number_);
    std::copy(last.values().begin(), last.values().end(), values.values().begin());
    writer_.write(number_, step, std::move(values));
  }
}

void VariableWriter::write(std::size_t window, const std::function<void()>& advance) {
  const CoarseStep first = load(window);
  const CoarseStep last = load(window + 1);
  const std::size_t begin = window * stride();
  // The first frame continues what the window before left; both are missing where it is on disk.
  std::vector<std::optional<StepValues>> frames(plan_.frames);
  frames.front() = std::move(waiting_);
  waiting_.reset();
  const bool second = frames.front().has_value();
  for (std::size_t frame = 0; frame < plan_.frames; ++frame)
    if (!frames[frame] && wanted(window, frame)) frames[frame] = writer_.make_values(number_);

  for (const Place& at : places_) {
    const std::vector<float> made = engine_.upscale(tile_of(at, first, last));
    for (std::size_t frame = 0; frame < plan_.frames; ++frame) {
      if (!frames[frame]) continue;
      const double time = coarse_.info.reduction->full_times[begin + frame];
      place(at, made.data() + frame * (made.size() / plan_.frames), ranges_.at(time),
            second && frame == 0, frames[frame]->values());
      frames[frame]->release_memory();
    }
    advance();
  }

  for (std::size_t frame = 0; frame < plan_.frames; ++frame) {
    if (!frames[frame]) continue;
    if (frame < stride()) mark_missing(first, frames[frame]->values());
    if (frame > 0) mark_missing(last, frames[frame]->values());
  }
  for (std::size_t frame = 0; frame < stride(); ++frame)
    if (frames[frame]) writer_.write(number_, begin + frame, std::move(*frames[frame]));
  if (window + 1 < windows()) {
    waiting_ = std::move(frames.back());
  } else if (frames.back()) {
    hold(*frames.back());
    if (!found(begin + stride()))
      writer_.write(number_, begin + stride(), std::move(*frames.back()));
  }
}

NetworkState without_moments(std::vector<float> parameters) {
  const std::size_t count = parameters.size();
  return {std::move(parameters), std::vector<float>(count), std::vector<float>(count), 0};
}

/// The engine of a trained generator; what only training needs is zero.
std::unique_ptr<Engine> engine_of(const StnetModel& model, const Plan& plan, StnetDevice device) {
  StnetTrainingConfig config = model.config.training;
  config.device = device;
  auto engine = make_engine(plan, config, thread_count());
  engine->restore({without_moments(model.generator),
                   without_moments(std::vector<float>(parameter_count(plan.discriminator)))});
  return engine;
}

}  // namespace
}  // namespace stnet

std::vector<VariableInfo> stnet_infos(const StnetModel& model, std::span<const Sequence> coarse) {
  std::vector<VariableInfo> infos;
  for (const Sequence& sequence : coarse) {
    const VariableInfo& info = sequence.info;
    (void)stnet::trained_variable(model, info.name);
    const stnet::Factors factors = stnet::factors_of(info);
    if (factors != stnet::Factors{model.space, model.time})
      throw ValueError(fmt::format(
          "the model undoes a reduction by {} and {}; variable '{}' is reduced by {} and {}",
          model.space, model.time, info.name, factors.space, factors.time));
    if (sequence.steps.size() < 2)
      throw ValueError(
          fmt::format("STNet works between two kept steps; variable '{}' has only one", info.name));
    VariableInfo fine{info.name,    info.unit,   info.grid, info.reduction->full_times,
                      std::nullopt, info.packing};
    fine.grid.dims = info.reduction->full_dims;
    for (double& spacing : fine.grid.spacing) spacing /= static_cast<double>(factors.space);
    infos.push_back(std::move(fine));
  }
  return infos;
}

std::string stnet_fingerprint(const StnetModel& model, std::span<const Sequence> coarse,
                              const StnetInference& inference) {
  Fingerprint all;
  all.add(write_config(model.config.network)).add(std::span(model.generator));
  all.add(variables_text(model.variables)).add(inference.tile).add(enum_name(inference.device));
  for (const Sequence& sequence : coarse) {
    all.add(sequence.info.name).add(std::span(sequence.info.times));
    for (const auto& step : sequence.steps) all.add(std::span(step));
  }
  return all.text();
}

void write_stnet(const StnetModel& model, std::span<const Sequence> coarse,
                 const StnetInference& inference, DatasetWriter& writer, Progress& progress) {
  (void)stnet_infos(model, coarse);
  if (inference.tile == 0) throw ValueError("a tile must have at least 1 coarse sample, got 0");
  const stnet::Plan plan = stnet::plan_of(model);
  const auto engine = stnet::engine_of(model, plan, inference.device);
  std::vector<stnet::VariableWriter> variables;
  for (std::size_t i = 0; i < coarse.size(); ++i)
    variables.emplace_back(coarse[i], stnet::trained_variable(model, coarse[i].info.name).ranges,
                           plan, *engine, inference.tile, i, writer);
  std::size_t windows = 0;
  std::size_t total = 0;
  for (const auto& variable : variables) {
    windows = std::max(windows, variable.windows());
    for (std::size_t window = 0; window < variable.windows(); ++window)
      if (variable.needed(window)) total += variable.tiles();
  }

  std::size_t done = 0;
  std::string note;
  const auto advance = [&] {
    progress.report(++done, total, "tile", note);
    if (progress.stop_requested()) throw Interrupted("stopped before all time steps were written");
  };
  // Window by window over all variables, so that those of one time step are written together.
  for (std::size_t window = 0; window < windows; ++window)
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (window >= variables[i].windows() || !variables[i].needed(window)) continue;
      note = fmt::format("{}, window {} of {}", coarse[i].info.name, window + 1,
                         variables[i].windows());
      variables[i].write(window, advance);
    }
}

}  // namespace stsr
