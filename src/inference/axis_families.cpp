#include "axis_families.h"

#include <algorithm>
#include <map>

namespace stsr {

namespace {

constexpr double same_coordinate = 1e-9;  // of a coarse interval

struct Entry {
  double local_index;
  std::size_t block;
  std::size_t output;
  std::size_t repeat = 0;  // earlier entries of the same block at the same coordinate
};

std::vector<Entry> sorted_entries(const AxisPartition& axis, std::span<const double> positions,
                                  std::span<const std::size_t> chosen) {
  std::vector<Entry> entries;
  entries.reserve(chosen.size());
  for (std::size_t output = 0; output < chosen.size(); ++output) {
    const double position = positions[chosen[output]];
    const std::size_t block = axis.owner(position);
    entries.push_back({axis.local_index(position, block), block, output});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.local_index != b.local_index ? a.local_index < b.local_index : a.output < b.output;
  });
  return entries;
}

/// Orders the entries of one coordinate so that each run has every block at most once.
void order_by_repeat(std::span<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.block < b.block; });
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].block == entries[i - 1].block) entries[i].repeat = entries[i - 1].repeat + 1;
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.repeat < b.repeat; });
}

}  // namespace

std::vector<AxisFamily> axis_families(const AxisPartition& axis, std::span<const double> positions,
                                      std::span<const std::size_t> chosen) {
  std::vector<Entry> entries = sorted_entries(axis, positions, chosen);
  std::map<std::vector<std::size_t>, AxisFamily> families;
  for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    const double first = entries[begin].local_index;
    while (end < entries.size() && entries[end].local_index - first <= same_coordinate) ++end;
    order_by_repeat(std::span(entries).subspan(begin, end - begin));
    for (std::size_t i = begin; i < end;) {
      std::vector<std::size_t> blocks;
      std::vector<std::size_t> outputs;
      for (const std::size_t repeat = entries[i].repeat; i < end && entries[i].repeat == repeat;
           ++i) {
        blocks.push_back(entries[i].block);
        outputs.push_back(entries[i].output);
      }
      AxisFamily& family = families[blocks];
      family.coordinates.push_back(static_cast<float>(axis.coordinate(first)));
      family.outputs.insert(family.outputs.end(), outputs.begin(), outputs.end());
    }
  }
  std::vector<AxisFamily> result;
  for (auto& [blocks, family] : families) {
    family.blocks = blocks;
    result.push_back(std::move(family));
  }
  return result;
}

}  // namespace stsr
