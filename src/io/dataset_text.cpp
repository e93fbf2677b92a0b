#include "dataset_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "formats/dataset_file.h"
#include "stsr/io/config_file.h"

namespace stsr {

namespace {

using KeyText = std::pair<std::string, std::string>;  // key and its value as TOML

/// The letters of a file name, at most 64, unlike all in `taken` even where case is folded.
std::string unique_base(const std::string& name, std::set<std::string>& taken) {
  std::string base;
  for (const char c : name.substr(0, 64)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.');
    base += plain ? c : '_';
  }
  if (base.empty() || base[0] == '.' || base[0] == '-') base = fmt::format("_{}", base);
  const auto folded = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  std::string candidate = base;
  for (std::size_t i = 2; !taken.insert(folded(candidate)).second; ++i)
    candidate = fmt::format("{}-{}", base, i);
  return candidate;
}

std::size_t digits_of(std::size_t steps) {
  return std::max<std::size_t>(4, std::to_string(steps - 1).size());
}

/// start + i * step where that gives the same bits, else all of them.
std::string times_text(std::span<const double> times) {
  if (times.size() > 2) {
    const double step = (times.back() - times.front()) / static_cast<double>(times.size() - 1);
    // The mean interval, and the first one: whichever was rounded less.
    for (const double candidate : {step, times[1] - times[0]}) {
      bool same = true;
      for (std::size_t i = 0; same && i < times.size(); ++i)
        same = times.front() + static_cast<double>(i) * candidate == times[i];
      if (same)
        return fmt::format("{{ start = {}, step = {}, count = {} }}", times.front(), candidate,
                           times.size());
    }
  }
  return fmt::format("[{}]", fmt::join(times, ", "));
}

std::string dims_text(const Dims& dims) {
  return fmt::format("[{}, {}, {}]", dims.x, dims.y, dims.z);
}

std::string reduction_text(const Reduction& reduction) {
  return fmt::format("{{ space = [{}], time = {}, dims = {}, times = {} }}",
                     fmt::join(reduction.space, ", "), reduction.time,
                     dims_text(reduction.full_dims), times_text(reduction.full_times));
}

/// All keys of a variable but its name and its files.
std::vector<KeyText> shared_keys(const VariableInfo& info) {
  std::vector<KeyText> keys{{"dims", dims_text(info.grid.dims)},
                            {"spacing", fmt::format("[{}]", fmt::join(info.grid.spacing, ", "))},
                            {"origin", fmt::format("[{}]", fmt::join(info.grid.origin, ", "))},
                            {"times", times_text(info.times)}};
  if (info.reduction) keys.emplace_back("reduction", reduction_text(*info.reduction));
  return keys;
}

}  // namespace

std::string FileSeries::pattern() const {
  return fmt::format("{}_%0{}d{}", base, width, extension);
}

std::string FileSeries::file(std::size_t step) const {
  return fmt::format("{}_{:0{}}{}", base, step, width, extension);
}

std::vector<std::string> FileSeries::files(std::size_t steps) const {
  std::vector<std::string> names;
  for (std::size_t step = 0; step < steps; ++step) names.push_back(file(step));
  return names;
}

std::vector<FileSeries> plan_series(std::span<const VariableInfo> variables, const Format& format) {
  const bool shared = format.writer()->shares_files();
  const std::string index = format.writer()->index_extension();
  std::vector<FileSeries> plan;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const VariableInfo& info = variables[i];
    const auto same = std::find_if(plan.begin(), plan.end(), [&](const FileSeries& series) {
      const VariableInfo& other = variables[series.variables.front()];
      return shared && other.grid == info.grid && other.times == info.times;
    });
    if (same != plan.end()) {
      same->variables.push_back(i);
      continue;
    }
    const std::string base = unique_base(shared && plan.empty() ? "volumes" : info.name, taken);
    plan.push_back({base,
                    format.info().extensions.front(),
                    index.empty() ? "" : base + index,
                    digits_of(info.times.size()),
                    {i}});
  }
  return plan;
}

std::string dataset_text(std::span<const VariableInfo> variables, ElementType type,
                         std::span<const FileSeries> series, const Format& format,
                         const std::string& run) {
  std::string text = fmt::format(
      "# Data set of STSR (docs/formats.md). STSR may write this folder again; remove the key\n"
      "# written_by to keep it.\nstsr_dataset = {}\nwritten_by = \"{}\"\n",
      dataset_file_version, dataset_file_writer);
  if (!run.empty()) text += fmt::format("run = \"{}\"\n", run);
  text += fmt::format("format = \"{}\"\n", format.info().name);
  if (format.info().needs_description) text += fmt::format("type = \"{}\"\n", name_of(type));
  for (const auto& [key, value] : format.writer()->description())
    text += fmt::format("{} = {}\n", key, value);
  // What all variables have in common stands once, at the top.
  std::vector<KeyText> common = shared_keys(variables.front());
  for (const VariableInfo& info : variables) {
    const auto keys = shared_keys(info);
    std::erase_if(common, [&](const KeyText& key) {
      return std::find(keys.begin(), keys.end(), key) == keys.end();
    });
  }
  for (const auto& [key, value] : common) text += fmt::format("{} = {}\n", key, value);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto own = std::find_if(series.begin(), series.end(), [&](const FileSeries& s) {
      return std::find(s.variables.begin(), s.variables.end(), i) != s.variables.end();
    });
    text += fmt::format("\n[[variable]]\nname = {}\nunit = {}\n",
                        config_detail::toml_quoted(variables[i].name),
                        config_detail::toml_quoted(variables[i].unit));
    if (own->index.empty())
      text += fmt::format("files = \"{}\"\n", own->pattern());
    else
      text += fmt::format("pvd = \"{}\"\n", own->index);
    for (const KeyText& key : shared_keys(variables[i]))
      if (std::find(common.begin(), common.end(), key) == common.end())
        text += fmt::format("{} = {}\n", key.first, key.second);
  }
  return text;
}

}  // namespace stsr
