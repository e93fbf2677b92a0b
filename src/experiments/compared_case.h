#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/experiments/comparison.h"
#include "stsr/io/dataset.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// One data set of a comparison, made ready on disk: what the methods see, and what they are
/// measured against.
class ComparedCase {
 public:
  /// Opens or generates the truth, and opens the coarse data or reduces the truth to it; what
  /// `folder` holds of an earlier run of the same entry is kept.
  /// @throws ValueError, FileError  as the parts; Interrupted.
  ComparedCase(const ComparedData& entry, const std::filesystem::path& folder,
               ComparisonObserver& observer);

  [[nodiscard]] const ComparedData& entry() const { return entry_; }
  /// Only the variables to compare.
  [[nodiscard]] const Dataset& coarse() const { return *coarse_; }
  [[nodiscard]] const std::filesystem::path& coarse_path() const { return coarse_path_; }
  /// Where the full-resolution data are; empty where there are none.
  [[nodiscard]] const std::filesystem::path& truth_path() const { return truth_path_; }
  /// nullptr where there is none.
  [[nodiscard]] const Dataset* truth() const { return truth_.get(); }
  /// Where the methods write the variable called `name`.
  [[nodiscard]] GridRequest output_request(const std::string& name) const;
  /// The commands that make this data by hand.
  [[nodiscard]] const std::vector<std::string>& commands() const { return commands_; }

 private:
  void make_truth(const std::filesystem::path& folder, ComparisonObserver& observer);
  void make_coarse(const std::filesystem::path& folder, ComparisonObserver& observer);

  ComparedData entry_;
  std::unique_ptr<Dataset> truth_;
  std::filesystem::path truth_path_;
  std::unique_ptr<Dataset> coarse_;
  std::filesystem::path coarse_path_;
  std::vector<std::string> commands_;
};

/// A variable of one of the cases.
struct ComparedVariable {
  const ComparedCase* data = nullptr;
  std::size_t index = 0;  ///< in data->coarse()
  std::string key;        ///< "data/variable", or "variable" where there is one data set

  [[nodiscard]] const VariableInfo& coarse_info() const {
    return data->coarse().variables()[index];
  }
  [[nodiscard]] const std::string& name() const { return coarse_info().name; }
  /// Index of the variable in the truth; only where there is one.
  [[nodiscard]] std::size_t truth_index() const;
};

/// All variables of all cases.
[[nodiscard]] std::vector<ComparedVariable> compared_variables(
    std::span<const std::unique_ptr<ComparedCase>> cases);

/// Index of the variable that a configuration calls `name`: its key, or its own name where only one
/// data set has it. @throws ValueError  unknown (with the nearest key) or ambiguous; `where` begins
///   the message.
[[nodiscard]] std::size_t find_compared(std::span<const ComparedVariable> variables,
                                        const std::string& name, const std::string& where);

/// Letters of a file or folder name for any text.
[[nodiscard]] std::string file_name_of(const std::string& text);

}  // namespace stsr
