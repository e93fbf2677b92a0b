#include "stsr/volume/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/memory.h"
#include "stsr/base/parallel.h"

namespace stsr {

namespace {

/// Values that one thread scans in one go; a multiple of 8, the samples of a byte of the map.
constexpr std::size_t piece_size = std::size_t{1} << 20;
/// Values that are in memory together where they are mapped.
constexpr std::size_t stretch_size = 16 * piece_size;

struct PieceSurvey {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  bool missing = false;
  std::optional<std::size_t> infinite;
  std::uint64_t fingerprint = 0;
};

/// Scans a piece and sets its bits in the map of missing values.
PieceSurvey scan(std::span<const float> values, std::uint8_t* missing) {
  PieceSurvey piece;
  piece.fingerprint = Fingerprint().add(values).bits();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    if (std::isfinite(value)) {
      piece.low = std::min(piece.low, value);
      piece.high = std::max(piece.high, value);
      continue;
    }
    if (std::isinf(value) && !piece.infinite) piece.infinite = i;
    piece.missing = true;
    missing[i / 8] |= static_cast<std::uint8_t>(1U << (i % 8));
  }
  return piece;
}

/// The values of a step that are scanned together from `begin` on.
std::span<const float> stretch(const StoredStep& step, std::size_t begin) {
  return step.values.subspan(begin, std::min(stretch_size, step.values.size() - begin));
}

/// What the steps so far have told, and how the next one adds to it.
class Surveyor {
 public:
  /// @param next  the step that will follow, or none: it is read ahead
  void add(const StoredStep& step, const StoredStep* next);
  [[nodiscard]] Survey result();

 private:
  void scan_stretch(std::span<const float> values, std::size_t begin, std::size_t end);
  void add_map();

  Survey survey_;
  Fingerprint fingerprint_;
  bool any_missing_ = false;
  std::vector<std::uint8_t> map_;  // of the current step
};

void Surveyor::add(const StoredStep& step, const StoredStep* next) {
  const std::size_t size = step.values.size();
  const bool mapped = !step.file.empty();
  survey_.ranges.push_back(ValueRange::of_nothing());
  survey_.infinite.emplace_back();
  map_.assign(ceil_divide(size, 8), 0);
  for (std::size_t begin = 0; begin < size; begin += stretch_size) {
    const std::size_t end = begin + stretch(step, begin).size();
    if (mapped && end < size) {
      fetch_mapped(stretch(step, end));
    } else if (next != nullptr && !next->file.empty()) {
      fetch_mapped(stretch(*next, 0));
    }
    scan_stretch(step.values, begin, end);
    if (mapped) release_mapped(stretch(step, begin));
  }
  add_map();
}

void Surveyor::scan_stretch(std::span<const float> values, std::size_t begin, std::size_t end) {
  std::vector<PieceSurvey> pieces(ceil_divide(end - begin, piece_size));
  parallel_for("survey", pieces.size(), [&](std::size_t i) {
    const std::size_t first = begin + i * piece_size;
    pieces[i] =
        scan(values.subspan(first, std::min(piece_size, end - first)), map_.data() + first / 8);
  });
  ValueRange& range = survey_.ranges.back();
  std::optional<std::size_t>& infinite = survey_.infinite.back();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    range.include(ValueRange{pieces[i].low, pieces[i].high});
    if (pieces[i].infinite && !infinite) infinite = begin + i * piece_size + *pieces[i].infinite;
    any_missing_ = any_missing_ || pieces[i].missing;
    fingerprint_.add(pieces[i].fingerprint);
  }
}

/// Keeps one map as long as all steps agree.
void Surveyor::add_map() {
  auto& maps = survey_.missing.steps;
  const std::size_t steps = survey_.ranges.size();
  if (steps == 1) {
    maps.push_back(map_);
  } else if (maps.size() > 1 || maps.front() != map_) {
    maps.resize(steps - 1, maps.front());
    maps.push_back(map_);
  }
}

Survey Surveyor::result() {
  if (!any_missing_) survey_.missing.steps.clear();
  survey_.fingerprint = fingerprint_.bits();
  return std::move(survey_);
}

ValueRange checked(const ValueRange& range, const std::string& what) {
  if (!range.holds_values())
    throw ValueError(what + " holds no finite value; leave it out or repair the file");
  return range;
}

}  // namespace

Survey survey(const StoredSequence& sequence) {
  Surveyor surveyor;
  for (std::size_t t = 0; t < sequence.steps.size(); ++t)
    surveyor.add(sequence.steps[t],
                 t + 1 < sequence.steps.size() ? &sequence.steps[t + 1] : nullptr);
  return surveyor.result();
}

void SequenceFingerprint::add(std::span<const float> values) {
  std::vector<std::uint64_t> pieces(ceil_divide(values.size(), piece_size));
  parallel_for("fingerprint", pieces.size(), [&](std::size_t i) {
    const std::size_t first = i * piece_size;
    pieces[i] = Fingerprint()
                    .add(values.subspan(first, std::min(piece_size, values.size() - first)))
                    .bits();
  });
  for (const std::uint64_t piece : pieces) all_.add(piece);
}

RangeSeries ranges_of(const VariableInfo& info, const Survey& survey, RangeMode mode) {
  const std::string name = fmt::format("variable '{}'", info.name);
  if (mode == RangeMode::global) {
    ValueRange range = ValueRange::of_nothing();
    for (const ValueRange& step : survey.ranges) range.include(step);
    return {mode, {}, {checked(range, name)}};
  }
  RangeSeries series{mode, info.times, {}};
  for (std::size_t t = 0; t < survey.ranges.size(); ++t)
    series.ranges.push_back(checked(survey.ranges[t], fmt::format("{}, time step {}", name, t)));
  return series;
}

RangeSeries ranges_of(const Sequence& sequence, RangeMode mode) {
  StoredSequence borrowed;
  borrowed.info = sequence.info;
  for (const std::vector<float>& values : sequence.steps)
    borrowed.steps.push_back({values, nullptr, {}});
  return ranges_of(sequence.info, survey(borrowed), mode);
}

}  // namespace stsr
