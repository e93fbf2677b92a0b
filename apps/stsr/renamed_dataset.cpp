#include "renamed_dataset.h"

#include <utility>

#include "training_data.h"

namespace stsr::app {

namespace {

VariableInfo* named(std::vector<VariableInfo>& infos, const std::string& name) {
  for (VariableInfo& info : infos)
    if (info.name == name) return &info;
  return nullptr;
}

VariableInfo* only_with_ending(std::vector<VariableInfo>& infos, const std::string& ending) {
  VariableInfo* found = nullptr;
  for (VariableInfo& info : infos) {
    if (!info.name.ends_with(ending)) continue;
    if (found != nullptr) return nullptr;
    found = &info;
  }
  return found;
}

}  // namespace

RenamedDataset::RenamedDataset(std::unique_ptr<Dataset> data, const Dataset& truth,
                               const std::string& truth_path)
    : data_(std::move(data)), variables_(data_->variables()) {
  for (const VariableInfo& info : truth.variables()) {
    if (named(variables_, info.name) != nullptr) continue;
    VariableInfo* match = named(variables_, prefixed_name(truth_path, info.name));
    if (match == nullptr) match = only_with_ending(variables_, "_" + info.name);
    if (match != nullptr) match->name = info.name;
  }
}

}  // namespace stsr::app
