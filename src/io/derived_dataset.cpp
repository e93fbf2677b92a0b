#include "stsr/io/derived_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// A reduction in time must leave two steps, or nothing between could be learned.
void check_kept(const VariableInfo& info, std::size_t time) {
  const std::size_t steps = info.times.size();
  const std::size_t kept = kept_steps(steps, time).size();
  if (time == 0 || kept >= 2) return;
  throw ValueError(fmt::format(
      "leaving out {} time steps between two keeps {} of the {} steps of '{}', at least 2 are "
      "needed; {}",
      time, kept, steps, info.name,
      steps >= 3 ? fmt::format("leave out at most {0} (--time {0})", steps - 2)
                 : "leave out none"));
}

/// Writes what `values` gives for each variable and step, step by step.
void write_all(std::span<const VariableInfo> infos,
               const std::function<std::vector<float>(std::size_t, std::size_t)>& values,
               DatasetWriter& writer, Progress& progress) {
  std::size_t total = 0;
  std::size_t steps = 0;
  for (const VariableInfo& info : infos) {
    total += info.times.size();
    steps = std::max(steps, info.times.size());
  }
  std::size_t done = 0;
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t i = 0; i < infos.size(); ++i) {
      if (step >= infos[i].times.size()) continue;
      if (!writer.found(i, step)) writer.write(i, step, values(i, step));
      progress.report(++done, total, "volume", "");
      if (progress.stop_requested())
        throw Interrupted(fmt::format("stopped after {} of {} volumes", done, total));
    }
}

}  // namespace

std::vector<VariableInfo> reduced_infos(const Dataset& data, std::span<const std::size_t> chosen,
                                        const std::array<std::size_t, 3>& space, std::size_t time) {
  std::vector<VariableInfo> infos;
  for (const std::size_t variable : chosen) {
    check_kept(data.variables()[variable], time);
    infos.push_back(reduce_info(data.variables()[variable], space, time));
  }
  return infos;
}

void write_reduced(const Dataset& data, std::span<const std::size_t> chosen,
                   const std::array<std::size_t, 3>& space, std::size_t time, DatasetWriter& writer,
                   Progress& progress) {
  const auto coarse = [&](std::size_t i, std::size_t step) {
    const VariableInfo& fine = data.variables()[chosen[i]];
    const std::size_t fine_step = step * (time + 1);
    return reduce_volume({fine.grid, data.read(chosen[i], fine_step)}, space).values;
  };
  write_all(reduced_infos(data, chosen, space, time), coarse, writer, progress);
}

void write_analytic(const AnalyticSequence& sequence, DatasetWriter& writer, Progress& progress) {
  const auto values = [&](std::size_t variable, std::size_t step) {
    return sequence.sample(variable, step);
  };
  write_all(sequence.variables(), values, writer, progress);
}

}  // namespace stsr
