#include "stsr/baselines/interpolated_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stsr/base/error.h"

namespace stsr {

void write_interpolated(std::span<Interpolator> interpolators, DatasetWriter& writer,
                        Progress& progress) {
  std::vector<std::size_t> counts;
  std::size_t total = 0;
  for (const Interpolator& interpolator : interpolators) {
    counts.push_back(interpolator.info().times.size());
    total += counts.back();
  }
  const std::size_t steps = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::size_t done = 0;
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t i = 0; i < interpolators.size(); ++i) {
      if (step >= counts[i]) continue;
      ++done;
      if (writer.found(i, step)) continue;
      StepValues values = writer.make_values(i);
      interpolators[i].step(step, values.values());
      writer.write(i, step, std::move(values));
      progress.report(done, total, "volume", "");
      if (progress.stop_requested())
        throw Interrupted(fmt::format("stopped after {} of {} volumes", done, total));
    }
}

}  // namespace stsr
