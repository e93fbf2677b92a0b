#include "stsr/experiments/comparison_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compared_case.h"
#include "stsr/base/error.h"
#include "stsr/io/unused_settings.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

template <class... Args>
void require(bool holds, fmt::format_string<Args...> message, Args&&... args) {
  if (!holds) throw ValueError(fmt::format(message, std::forward<Args>(args)...));
}

/// No key would be ignored.
template <class Entry>
void check_effects(const std::string& where, const Entry& entry) {
  for (const UnusedSetting& unused : unused_settings(entry))
    throw ValueError(
        fmt::format("{}: {} is {}; leave it out", where, unused.name, unused.condition));
}

/// Names that make different files.
template <class Entries>
void check_names(const char* table, const Entries& entries) {
  require(!entries.empty(), "there is no [[{}]]; give at least one", table);
  std::set<std::string> taken;
  for (const auto& entry : entries) {
    require(!entry.name.empty(), "every [[{}]] needs a name", table);
    require(taken.insert(file_name_of(entry.name)).second,
            "[[{}]] '{}': another one has this name, or one that differs in signs only", table,
            entry.name);
  }
}

void check_data(const ComparedData& data) {
  const std::string where = fmt::format("[[data]] '{}'", data.name);
  require(!data.truth.empty() || !data.coarse.empty() || !data.field.empty(),
          "{}: give truth, coarse or field", where);
  require(data.field.empty() || (data.truth.empty() && data.coarse.empty()),
          "{}: field takes the place of truth and coarse; give one or the other", where);
  require(data.name.find('/') == std::string::npos, "{}: the name must have no '/'", where);
  for (const std::size_t factor : data.space)
    require(factor >= 1, "{}: space must be at least 1, got {}", where, factor);
  if (data.output_space)
    for (const double factor : *data.output_space)
      require(std::isfinite(factor) && factor > 0.0, "{}: output_space must be above 0, got {}",
              where, factor);
  require(data.output_steps.value_or(2) >= 2, "{}: output_steps must be at least 2, got {}", where,
          data.output_steps.value_or(2));
  check_effects(where, data);
}

void check_method(const ComparedMethod& method) {
  const std::string where = fmt::format("[[method]] '{}'", method.name);
  check_effects(where, method);
  require(!method.minutes || (std::isfinite(*method.minutes) && *method.minutes > 0.0),
          "{}: minutes must be above 0, got {}", where, method.minutes.value_or(0.0));
}

/// Models are those of networks that are trained before.
void check_models(const std::vector<ComparedMethod>& methods) {
  std::set<std::string> trained;
  for (const ComparedMethod& method : methods) {
    require(method.model_of.empty() || trained.contains(method.model_of),
            "[[method]] '{}': model_of must name a network above it that is trained, got '{}'",
            method.name, method.model_of);
    if (method.kind == MethodKind::network && method.model_of.empty()) trained.insert(method.name);
  }
}

template <class View>
void check_view(const std::string& where, const View& view) {
  require(std::isfinite(view.zoom) && view.zoom > 0.0, "{}: zoom must be above 0, got {}", where,
          view.zoom);
  require(std::abs(view.elevation) <= 90.0, "{}: elevation must be from -90 to 90, got {}", where,
          view.elevation);
}

void check_metrics(const ComparisonConfig& config) {
  require(
      config.metrics.lpips_weights.empty() ||
          std::any_of(
              config.picture.begin(), config.picture.end(),
              [](const ComparedPicture& picture) { return picture.kind == PictureKind::volume; }),
      "[metrics] lpips_weights: LPIPS compares pictures; give a [[picture]] of kind \"volume\"");
}

void check_pictures(const ComparisonConfig& config) {
  const PictureSettings& all = config.pictures;
  require(all.size >= 64 && all.size <= 4096, "[pictures] size must be from 64 to 4096, got {}",
          all.size);
  require(all.difference_threshold >= 0.0,
          "[pictures] difference_threshold must be at least 0, got {}", all.difference_threshold);
  require(all.difference_full > all.difference_threshold,
          "[pictures] difference_full must be above difference_threshold ({}), got {}",
          all.difference_threshold, all.difference_full);
  for (const ComparedPicture& picture : config.picture) {
    const std::string where = fmt::format("[[picture]] of '{}'", picture.variable);
    check_view(where, picture);
    check_effects(where, picture);
    require(picture.box.empty() || picture.box.size() == 4,
            "{}: box must be left, top, width, height, got {} numbers", where, picture.box.size());
    if (picture.box.empty()) continue;
    const bool inside = picture.box[0] >= 0.0 && picture.box[1] >= 0.0 && picture.box[2] > 0.0 &&
                        picture.box[3] > 0.0 && picture.box[0] + picture.box[2] <= 1.0 &&
                        picture.box[1] + picture.box[3] <= 1.0;
    require(inside, "{}: box must lie in the picture, with shares from 0 to 1, got [{}]", where,
            fmt::join(picture.box, ", "));
  }
  for (const ComparedBlend& blend : config.blend) {
    const std::string where = fmt::format("[[blend]] from '{}'", blend.from);
    check_view(where, blend);
    check_effects(where, blend);
    require(blend.count >= 2 && blend.count <= 16, "{}: count must be from 2 to 16, got {}", where,
            blend.count);
  }
}

/// A path of the configuration, which counts from the place of its file.
void resolve(std::string& path, const fs::path& folder) {
  if (!path.empty() && fs::path(path).is_relative())
    path = (folder / path).lexically_normal().string();
}

}  // namespace

ComparisonConfig read_comparison_config(const fs::path& path) {
  ComparisonConfig config = read_config<ComparisonConfig>(path);
  const fs::path folder = path.parent_path();
  for (ComparedData& data : config.data) {
    resolve(data.truth, folder);
    resolve(data.coarse, folder);
  }
  for (ComparedMethod& method : config.method) resolve(method.config, folder);
  resolve(config.metrics.lpips_weights, folder);
  const auto resolve_file = [&](std::string& transfer_function) {
    if (transfer_function.find('.') != std::string::npos) resolve(transfer_function, folder);
  };
  for (ComparedPicture& picture : config.picture) resolve_file(picture.transfer_function);
  for (ComparedBlend& blend : config.blend) resolve_file(blend.transfer_function);
  try {
    check_names("data", config.data);
    check_names("method", config.method);
    for (const ComparedData& data : config.data) check_data(data);
    for (const ComparedMethod& method : config.method) check_method(method);
    check_models(config.method);
    check_metrics(config);
    check_pictures(config);
  } catch (const ValueError& error) {
    throw ValueError(fmt::format("{}: {}", path.string(), error.what()));
  }
  return config;
}

}  // namespace stsr
