#include "renamed_dataset.h"

#include <set>
#include <utility>

#include "training_data.h"

namespace stsr::app {

namespace {

VariableInfo* named(std::vector<VariableInfo>& infos, const std::string& name) {
  for (VariableInfo& info : infos)
    if (info.name == name) return &info;
  return nullptr;
}

/// Those that the truth has by their own names are nobody else's.
VariableInfo* only_with_ending(std::vector<VariableInfo>& infos, const std::string& ending,
                               const std::set<std::string>& taken) {
  VariableInfo* found = nullptr;
  for (VariableInfo& info : infos) {
    if (!info.name.ends_with(ending) || taken.contains(info.name)) continue;
    if (found != nullptr) return nullptr;
    found = &info;
  }
  return found;
}

}  // namespace

RenamedDataset::RenamedDataset(std::unique_ptr<Dataset> data, const Dataset& truth,
                               const std::string& truth_path)
    : data_(std::move(data)), variables_(data_->variables()) {
  std::set<std::string> taken;
  for (const VariableInfo& info : truth.variables()) taken.insert(info.name);
  for (const VariableInfo& info : truth.variables()) {
    if (named(variables_, info.name) != nullptr) continue;
    VariableInfo* match = named(variables_, prefixed_name(truth_path, info.name));
    if (match != nullptr && taken.contains(match->name)) match = nullptr;
    if (match == nullptr) match = only_with_ending(variables_, "_" + info.name, taken);
    if (match != nullptr) match->name = info.name;
  }
}

}  // namespace stsr::app
