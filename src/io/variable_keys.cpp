#include "variable_keys.h"

#include <array>
#include <cmath>

#include "description.h"
#include "file_pattern.h"
#include "stsr/base/text.h"

namespace stsr {

namespace fs = std::filesystem;

namespace {

ElementType parse_type(const TomlSection& section) {
  const std::string type = section.text("type").value_or("float32");
  const auto known = element_type_named(type);
  if (!known) {
    const std::vector<std::string> names(element_type_names.begin(), element_type_names.end());
    section.fail("type", "unknown type '{}'{}", type, name_hint(type, names));
  }
  return *known;
}

std::endian parse_byte_order(const TomlSection& section) {
  const std::string order = section.text("byte_order").value_or("little");
  if (order != "little" && order != "big")
    section.fail("byte_order", "'byte_order' must be 'little' or 'big', got '{}'", order);
  return order == "big" ? std::endian::big : std::endian::little;
}

Association parse_association(const TomlSection& section) {
  const std::string name = section.text("association").value_or("points");
  if (name != "points" && name != "cells")
    section.fail("association", "'association' must be 'points' or 'cells', got '{}'", name);
  return name == "cells" ? Association::cells : Association::points;
}

}  // namespace

std::vector<double> TimesKey::resolve(std::size_t steps) const {
  if (!values.empty()) return values;
  std::vector<double> times;
  for (std::size_t i = 0; i < steps; ++i) times.push_back(start + static_cast<double>(i) * step);
  return times;
}

TimesKey parse_times(const TomlSection& section) {
  constexpr std::size_t max_times = std::size_t{1} << 20;  // as of an output
  TimesKey times;
  if (!section.has("times")) return times;
  if (section.is_list("times")) {
    times.values = *section.numbers("times");
    times.count = times.values.size();
    if (const auto problem = times_problem(times.values); !problem.empty())
      section.fail("times", "{}", problem);
    return times;
  }
  const TomlSection range = *section.section("times");
  range.allow_only(std::vector<std::string>{"start", "step", "count"});
  times.start = range.number("start").value_or(0.0);
  times.step = range.number("step").value_or(1.0);
  times.count = range.whole("count");
  if (!(times.step > 0.0) || !std::isfinite(times.step) || !std::isfinite(times.start))
    range.fail("step", "'start' must be finite and 'step' positive, got {} and {}", times.start,
               times.step);
  if (times.count && (*times.count == 0 || *times.count > max_times))
    range.fail("count", "'count' must be from 1 to {}, got {}", max_times, *times.count);
  return times;
}

std::vector<double> resolved(const TomlSection& section, const TimesKey& times, std::size_t steps) {
  std::vector<double> all = times.resolve(steps);
  if (const auto problem = times_problem(all); !problem.empty())
    section.fail("times", "{}", problem);
  return all;
}

FileDescription parse_description(const TomlSection& section, const FormatInfo& format) {
  FileDescription description;
  description.missing = section.number("missing");
  if (!format.needs_description) {
    description.association = parse_association(section);
    return description;
  }
  if (!section.has("dims"))
    section.fail("dims", "a {} variable needs 'dims' = [x, y, z]", format.name);
  description.type = parse_type(section);
  description.order = parse_byte_order(section);
  description.header_bytes = section.whole("header_bytes").value_or(0);
  if (description.missing && !can_hold(description.type, *description.missing))
    section.fail("missing", "'missing' = {} cannot occur in {}", *description.missing,
                 name_of(description.type));
  description.grid = parse_grid(section, Grid{});
  return description;
}

Grid parse_grid(const TomlSection& section, Grid grid) {
  if (const auto dims = section.whole_triple("dims"))
    grid.dims = {(*dims)[0], (*dims)[1], (*dims)[2]};
  grid.spacing = section.triple("spacing").value_or(grid.spacing);
  grid.origin = section.triple("origin").value_or(grid.origin);
  if (const auto problem = grid_problem(grid); !problem.empty())
    section.fail(problem.starts_with("'spacing'") ? "spacing" : "dims", "{}", problem);
  return grid;
}

std::optional<Reduction> parse_reduction(const TomlSection& section, std::size_t steps) {
  const auto table = section.section("reduction");
  if (!table) return std::nullopt;
  table->allow_only(std::vector<std::string>{"space", "time", "dims", "times"});
  Reduction reduction;
  const auto dims = table->whole_triple("dims");
  if (!dims) table->fail("dims", "'reduction' needs 'dims', the dimensions before the reduction");
  reduction.full_dims = {(*dims)[0], (*dims)[1], (*dims)[2]};
  reduction.space = table->whole_triple("space").value_or(std::array<std::size_t, 3>{1, 1, 1});
  reduction.time = static_cast<std::size_t>(table->whole("time").value_or(0));
  const TimesKey times = parse_times(*table);
  if (!times.count)
    table->fail("times",
                "'reduction' needs 'times', all times before the reduction (a start and a "
                "step need a count)");
  if (ceil_divide(*times.count, reduction.time + 1) != steps)
    table->fail(
        "times", "'reduction': one of every {} of {} times gives {} steps, and there are {}",
        reduction.time + 1, *times.count, ceil_divide(*times.count, reduction.time + 1), steps);
  reduction.full_times = times.resolve(*times.count);
  return reduction;
}

std::vector<fs::path> parse_files(const TomlSection& section, const fs::path& folder,
                                  const std::optional<std::size_t>& count) {
  const auto names = section.texts("files");
  if (!names) section.fail("files", "the variable needs 'files' (or 'pvd')");
  std::vector<fs::path> files;
  const bool numbered = !section.is_list("files") && names->front().find('%') != std::string::npos;
  if (section.has_own("first") && !numbered)
    section.fail("first", "'first' needs 'files' with a number, e.g. \"{}\"", "speed_%04d.raw");
  if (section.is_list("files")) {
    for (const std::string& name : *names) files.push_back(folder / name);
  } else {
    const auto first = static_cast<std::size_t>(section.whole("first").value_or(0));
    files = expand_pattern(folder, names->front(), first, count);
  }
  return files;
}

}  // namespace stsr
