#include "blank_pictures.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "picture_painter.h"
#include "score_variable.h"
#include "stsr/base/error.h"
#include "stsr/metrics/chamfer.h"
#include "stsr/volume/value_range.h"

namespace stsr {

namespace {

/// What has nothing to show, of one variable.
struct Blank {
  std::string what;                      ///< "'w' has no surface at 99"
  std::vector<std::string> tables = {};  ///< of the configuration that ask for it
  ValueRange range = ValueRange::of_nothing();
};

class BlankPictures {
 public:
  BlankPictures(ComparisonResults& results, ComparisonObserver& observer)
      : results_(results), observer_(observer), config_(results.request->config) {}

  void note();

 private:
  void add(const std::string& what, const std::string& table, const ValueRange& range);
  void look_at(const ComparedPicture& picture);
  void look_at(const ComparedBlend& blend);
  void look_at_surfaces(const ComparedVariable& variable);
  [[nodiscard]] const ComparedVariable& variable(const std::string& name) const {
    return results_.variables[find_compared(results_.variables, name, "[[picture]]")];
  }

  ComparisonResults& results_;
  ComparisonObserver& observer_;
  const ComparisonConfig& config_;
  std::vector<Blank> found_;
};

std::string no_surface(const std::string& variable, double isovalue, bool normalised) {
  return fmt::format("'{}' has no surface at {}{}", variable, isovalue,
                     normalised ? " of [-1, 1]" : "");
}

std::string nothing_of(const std::string& variable, const PictureScene& scene, double isovalue,
                       bool normalised) {
  return scene.kind == PictureKind::isosurface
             ? no_surface(variable, isovalue, normalised)
             : fmt::format("'{}' is all transparent with '{}'", variable, scene.transfer_name);
}

void BlankPictures::add(const std::string& what, const std::string& table,
                        const ValueRange& range) {
  auto same = std::find_if(found_.begin(), found_.end(),
                           [&](const Blank& blank) { return blank.what == what; });
  if (same == found_.end()) same = found_.insert(found_.end(), Blank{what});
  if (std::find(same->tables.begin(), same->tables.end(), table) == same->tables.end())
    same->tables.push_back(table);
  same->range.include(range);
}

void BlankPictures::look_at(const ComparedPicture& picture) {
  const ComparedVariable& shown = variable(picture.variable);
  const PictureScene scene = scene_of(picture, shown, config_.pictures.size);
  const SceneValues values = scene_values(shown, picture.step);
  if (shows_nothing(scene, values))
    add(nothing_of(shown.key, scene, picture.isovalue, picture.normalised), "[[picture]]",
        finite_range(values.values));
}

void BlankPictures::look_at(const ComparedBlend& blend) {
  const ComparedVariable& from = variable(blend.from);
  const PictureScene scene = scene_of(blend, from, config_.pictures.size);
  const SceneValues first = scene_values(from, blend.step);
  const SceneValues last = scene_values(variable(blend.to), blend.step);
  if (shows_nothing(scene, first) && shows_nothing(scene, last))
    add(nothing_of(from.key, scene, blend.isovalue, false), "[[blend]]",
        finite_range(first.values));
}

/// The metric needs the surface of the truth at one time step at least.
void BlankPictures::look_at_surfaces(const ComparedVariable& variable) {
  if (variable.data->truth() == nullptr) return;
  const ScoreRequest wanted = score_request(config_, results_.variables, variable);
  if (std::none_of(wanted.metrics.begin(), wanted.metrics.end(), [](Metric metric) {
        return metric_info(metric).input == MetricInput::isovalue;
      }))
    return;
  const auto progress = observer_.progress("looking for surfaces of " + variable.key, {});
  const VariableInfo& info = variable.data->truth()->variables()[variable.truth_index()];
  ValueRange range = ValueRange::of_nothing();
  for (std::size_t step = 0; step < info.times.size(); ++step) {
    const SceneValues truth = scene_values(variable, step);
    const ValueRange here = finite_range(truth.values);
    double isovalue = *wanted.isovalue;
    if (wanted.normalised) isovalue = here.low + (isovalue + 1.0) / 2.0 * (here.high - here.low);
    const bool within = here.low < isovalue && isovalue <= here.high;
    if (within && !isosurface_points(truth.dims, truth.values, isovalue).empty()) return;
    range.include(here);
    progress->report(step + 1, info.times.size(), "step", variable.key);
    if (progress->stop_requested()) throw Interrupted("stopped while looking for surfaces");
  }
  add(no_surface(variable.key, *wanted.isovalue, wanted.normalised), "[[isosurface]]", range);
}

void BlankPictures::note() {
  const auto look = [](const std::function<void()>& at) {
    try {
      at();
    } catch (const Interrupted&) {
      throw;
    } catch (const Error&) {  // said where it is drawn or measured
    }
  };
  for (const ComparedVariable& one : results_.variables) look([&] { look_at_surfaces(one); });
  for (const ComparedPicture& picture : config_.picture) look([&] { look_at(picture); });
  for (const ComparedBlend& blend : config_.blend) look([&] { look_at(blend); });
  for (const Blank& blank : found_) {
    results_.remarks.push_back(fmt::format(
        "{} ({}): {}", blank.what, fmt::join(blank.tables, ", "),
        blank.range.holds_values() ? fmt::format("its values there go from {:.6g} to {:.6g}",
                                                 blank.range.low, blank.range.high)
                                   : "its values there are all missing"));
    observer_.note(results_.remarks.back());
  }
}

}  // namespace

void note_blank_pictures(ComparisonResults& results, ComparisonObserver& observer) {
  BlankPictures(results, observer).note();
}

}  // namespace stsr
