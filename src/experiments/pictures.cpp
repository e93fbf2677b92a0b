#include "pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "picture_painter.h"
#include "record.h"
#include "score_variable.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/image_scores.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/png.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view lpips_key = metric_info(Metric::lpips).compared_key;

/// What draws all pictures of one comparison.
class Gallery {
 public:
  Gallery(ComparisonResults& results, ComparisonObserver& observer)
      : results_(results), observer_(observer), config_(results.request->config) {}

  void draw();

 private:
  void draw_row(const ComparedPicture& picture, std::size_t number);
  void draw_blend(const ComparedBlend& blend, std::size_t number);
  void measure_lpips(const ComparedPicture& picture);
  [[nodiscard]] std::vector<double> lpips_over_steps(const ComparedPicture& picture,
                                                     const ComparedVariable& variable,
                                                     const Dataset& volumes,
                                                     const std::string& label);
  void load_lpips();
  /// What fails becomes a remark.
  void try_to(const char* what, const std::string& variable, const std::function<void()>& work);
  void save(const Image& image, const std::string& name, const std::string& title,
            const std::string& caption);
  [[nodiscard]] std::size_t index_of(const std::string& name) const {
    return find_compared(results_.variables, name, "[[picture]]");
  }
  [[nodiscard]] DifferenceConfig difference() const {
    return {config_.pictures.difference_threshold, config_.pictures.difference_full,
            PicturePainter::background};
  }

  ComparisonResults& results_;
  ComparisonObserver& observer_;
  const ComparisonConfig& config_;
  std::unique_ptr<PicturePainter> painter_;
  std::unique_ptr<Lpips> lpips_;
  std::string lpips_fingerprint_;
};

void Gallery::load_lpips() {
  if (config_.metrics.lpips_weights.empty()) return;
  try {
    LpipsWeights weights = read_lpips_weights(config_.metrics.lpips_weights);
    Fingerprint all;
    for (const auto& layer : weights.layers)
      all.add(std::span(layer.weights)).add(std::span(layer.linear));
    lpips_fingerprint_ = all.text();
    lpips_ = std::make_unique<Lpips>(std::move(weights));
  } catch (const Error& error) {
    results_.remarks.push_back(fmt::format("LPIPS was not measured: {}", error.what()));
    observer_.note(results_.remarks.back());
  }
}

void Gallery::save(const Image& image, const std::string& name, const std::string& title,
                   const std::string& caption) {
  const fs::path folder = results_.request->folder / "pictures";
  fs::create_directories(folder);
  const fs::path file = folder / (file_name_of(name) + ".png");
  write_png(file, image);
  results_.pictures.push_back({title, caption, file});
}

/// A strip whose text can still be read where it is shown at half or a third of its size.
StripLayout layout_for(std::size_t picture_size) {
  StripLayout layout;
  layout.font_size = std::clamp<std::size_t>(picture_size / 14, 12, 200);
  return layout;
}

/// The title of a row of pictures.
std::string title_of(const ComparedPicture& picture, const ComparedVariable& variable) {
  if (picture.kind == PictureKind::volume)
    return fmt::format("{}, time step {}, volume rendering", variable.key, picture.step);
  return fmt::format("{}, time step {}, isosurface at {:g}{}", variable.key, picture.step,
                     picture.isovalue, picture.normalised ? " of [-1, 1]" : "");
}

void Gallery::draw_row(const ComparedPicture& picture, std::size_t number) {
  const std::size_t index = index_of(picture.variable);
  const ComparedVariable& variable = results_.variables[index];
  const PictureScene scene = scene_of(picture, variable, config_.pictures.size);
  const std::string title = title_of(picture, variable);

  StripLayout layout = layout_for(config_.pictures.size);
  layout.legend = legend_of(scene, variable);
  layout.rows.resize(1);
  std::optional<Image> truth;
  if (variable.data->truth() != nullptr) {
    truth = painter_->draw(scene, *variable.data->truth(), variable.truth_index());
    layout.column_titles.emplace_back("truth");
    layout.rows[0].push_back({framed(*truth, picture.box), ""});
    layout.rows.push_back({StripCell{}});
  }
  for (const MethodResult& method : results_.methods) {
    if (!method.variables[index].exists) continue;
    const auto volumes = open_dataset(method.variables[index].volumes);
    const Image image =
        painter_->draw(scene, *volumes, find_variable(volumes->variables(), variable.name()));
    layout.column_titles.push_back(method.entry.name);
    layout.rows[0].push_back({framed(image, picture.box), ""});
    if (!truth) continue;
    const ImageScores scores =
        score_images(*truth, image, PicturePainter::background, lpips_.get());
    const ImageDifference apart = difference_image(*truth, image, difference());
    layout.rows[1].push_back(
        {framed(apart.image, picture.box), fmt::format("mean distance {:.2f}", scores.difference)});
    results_.picture_scores.push_back({title, method.entry.name, scores.difference, scores.ssim,
                                       scores.lpips.value_or(undefined_score)});
  }
  if (layout.column_titles.empty()) return;
  const std::string caption =
      truth ? fmt::format(
                  "Below: pixel-wise distance to the truth's picture in CIELUV, from "
                  "purple ({}) over blue, green and yellow to red ({} and more).",
                  config_.pictures.difference_threshold, config_.pictures.difference_full)
            : "There is no truth to compare with.";
  save(strip(layout), fmt::format("{:02}-{}-{}", number, variable.key, enum_name(picture.kind)),
       title, caption);
}

void Gallery::draw_blend(const ComparedBlend& blend, std::size_t number) {
  const ComparedVariable& from = results_.variables[index_of(blend.from)];
  const ComparedVariable& to = results_.variables[index_of(blend.to)];
  const PictureScene scene = scene_of(blend, from, config_.pictures.size);
  StripLayout layout = layout_for(config_.pictures.size);
  for (std::size_t i = 0; i < blend.count; ++i)
    layout.column_titles.push_back(
        fmt::format("{:.2f}", static_cast<double>(i) / static_cast<double>(blend.count - 1)));
  layout.legend = legend_of(scene, from);
  for (const MethodResult& method : results_.methods) {
    if (!method.error.empty() || method.entry.kind != MethodKind::network) continue;
    if (!method.entry.model_of.empty()) continue;  // the owner of the model blends it
    try {
      const auto maker = make_method(method.entry, chosen_variables(method, results_.variables),
                                     method.folder, results_.request->compute);
      const BlendedVolumes volumes = maker->blend(from, to, blend.count, blend.step);
      layout.row_titles.push_back(method.entry.name);
      auto& row = layout.rows.emplace_back();
      for (const std::vector<float>& values : volumes.values)
        row.push_back({painter_->draw(scene, volumes.grid, values), ""});
    } catch (const ValueError& error) {
      results_.remarks.push_back(
          fmt::format("{} was not blended: {}", method.entry.name, error.what()));
    }
  }
  if (layout.rows.empty()) return;
  save(strip(layout), fmt::format("blend-{:02}-{}-{}", number, from.key, to.key),
       fmt::format("Latent blending from {} to {}, time step {}", from.key, to.key, blend.step),
       "From left to right, the share of the second variable's latent vector grows from 0 to 1.");
}

std::vector<double> Gallery::lpips_over_steps(const ComparedPicture& picture,
                                              const ComparedVariable& variable,
                                              const Dataset& volumes, const std::string& label) {
  const auto progress = observer_.progress(label, {});
  const std::size_t own = find_variable(volumes.variables(), variable.name());
  const std::size_t steps = volumes.variables()[own].times.size();
  std::vector<double> distances;
  for (std::size_t step = 0; step < steps; ++step) {
    ComparedPicture here = picture;
    here.step = step;
    const PictureScene scene = scene_of(here, variable, config_.pictures.size);
    const Image truth = painter_->draw(scene, *variable.data->truth(), variable.truth_index());
    const Image result = painter_->draw(scene, volumes, own);
    distances.push_back(score_images(truth, result, PicturePainter::background, lpips_.get())
                            .lpips.value_or(undefined_score));
    progress->report(step + 1, steps, "step", "");
    if (progress->stop_requested()) throw Interrupted("stopped while measuring pictures");
  }
  return distances;
}

void Gallery::measure_lpips(const ComparedPicture& picture) {
  const std::size_t index = index_of(picture.variable);
  const ComparedVariable& variable = results_.variables[index];
  if (variable.data->truth() == nullptr) return;
  for (MethodResult& method : results_.methods) {
    VariableResult& result = method.variables[index];
    if (!result.exists || result.scores.groups.empty() || result.scores.find(lpips_key) != nullptr)
      continue;
    const std::string key = Fingerprint()
                                .add(method.key)
                                .add(variable.key)
                                .add(variable.data->truth_state())
                                .add(lpips_fingerprint_)
                                .add(scene_of(picture, variable, config_.pictures.size).text())
                                .text();
    const fs::path path = method.folder / "scores" / (variable.file + ".lpips.json");
    Record record = read_record(path, key);
    if (record.is_null()) {
      VariableScores measured;
      const auto volumes = open_dataset(result.volumes);
      measured.series.push_back(
          {std::string(lpips_key),
           lpips_over_steps(picture, variable, *volumes,
                            fmt::format("{}: LPIPS of {}", method.entry.name, variable.key))});
      record = record_of(measured);
      write_record(path, key, record);
    }
    result.scores.series.push_back(scores_of(record).series.front());
  }
}

void Gallery::draw() {
  if (config_.picture.empty() && config_.blend.empty()) return;
  try {
    painter_ = std::make_unique<PicturePainter>();
  } catch (const ValueError& error) {
    results_.remarks.push_back(fmt::format("There are no pictures: {}", error.what()));
    observer_.note(results_.remarks.back());
    return;
  }
  load_lpips();
  {
    const auto progress = observer_.progress("drawing", {});
    const std::size_t total = config_.picture.size() + config_.blend.size();
    std::size_t done = 0;
    const auto advance = [&] {
      progress->report(++done, total, "picture", "");
      if (progress->stop_requested()) throw Interrupted("stopped while drawing");
    };
    for (const ComparedPicture& picture : config_.picture) {
      try_to("drawn", picture.variable, [&] { draw_row(picture, done + 1); });
      advance();
    }
    for (const ComparedBlend& blend : config_.blend) {
      try_to("drawn", blend.from, [&] { draw_blend(blend, done + 1 - config_.picture.size()); });
      advance();
    }
  }
  if (lpips_ == nullptr) return;
  for (const ComparedPicture& picture : config_.picture)
    if (picture.kind == PictureKind::volume)
      try_to("measured by LPIPS", picture.variable, [&] { measure_lpips(picture); });
}

void Gallery::try_to(const char* what, const std::string& variable,
                     const std::function<void()>& work) {
  try {
    work();
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    results_.remarks.push_back(
        fmt::format("A picture of {} could not be {}: {}", variable, what, error.what()));
    observer_.note(results_.remarks.back());
  }
}

template <class View>
void check_view(const View& view, const ComparedVariable& variable, const char* table) {
  const OutputGrid grid =
      output_grid(variable.coarse_info(), variable.data->output_request(variable.name()));
  if (view.step >= grid.times.size())
    throw ValueError(fmt::format("{} of '{}': step must be below {}, got {}", table, variable.key,
                                 grid.times.size(), view.step));
  if (view.kind == PictureKind::volume) (void)transfer_function_named(view.transfer_function);
}

}  // namespace

void check_pictures(const ComparisonConfig& config,
                    const std::vector<ComparedVariable>& variables) {
  for (const ComparedPicture& picture : config.picture)
    check_view(picture, variables[find_compared(variables, picture.variable, "[[picture]]")],
               "[[picture]]");
  for (const ComparedBlend& blend : config.blend)
    check_view(blend, variables[find_compared(variables, blend.from, "[[blend]]")], "[[blend]]");
}

void draw_pictures(ComparisonResults& results, ComparisonObserver& observer) {
  Gallery(results, observer).draw();
}

}  // namespace stsr
