#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "stsr/io/dataset.h"

namespace stsr::app {

/// A data set whose variables are called as in another one, the truth. A truth's variable that is
/// not there by its own name is `<truth's data set>_<name>` (see prefixed_name), or else the only
/// one that ends in `_<name>`: so a model that was trained on several data sets with equal names
/// can be compared with each of them.
class RenamedDataset final : public Dataset {
 public:
  RenamedDataset(std::unique_ptr<Dataset> data, const Dataset& truth,
                 const std::string& truth_path);

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return variables_; }
  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    return data_->read(variable, step);
  }
  [[nodiscard]] std::vector<std::filesystem::path> files() const override { return data_->files(); }
  [[nodiscard]] StoredStep map(std::size_t variable, std::size_t step,
                               const std::filesystem::path& scratch) const override {
    return data_->map(variable, step, scratch);
  }

 private:
  std::unique_ptr<Dataset> data_;
  std::vector<VariableInfo> variables_;
};

}  // namespace stsr::app
