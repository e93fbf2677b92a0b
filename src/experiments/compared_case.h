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
  /// What the methods see; where it was given, with variables that are not compared, too.
  [[nodiscard]] const Dataset& coarse() const { return *coarse_; }
  [[nodiscard]] const std::filesystem::path& coarse_path() const { return coarse_path_; }
  /// Where the full-resolution data are; empty where there are none.
  [[nodiscard]] const std::filesystem::path& truth_path() const { return truth_path_; }
  /// nullptr where there is none.
  [[nodiscard]] const Dataset* truth() const { return truth_.get(); }
  /// Changes when the truth does.
  [[nodiscard]] const std::string& truth_state() const { return truth_state_; }
  /// Where the methods write the variable called `name`.
  [[nodiscard]] GridRequest output_request(const std::string& name) const;
  /// The same as options of a command line, each behind a space; none where the command has no need
  /// of them.
  [[nodiscard]] std::string output_option(const std::string& name) const;
  /// The commands that make this data by hand.
  [[nodiscard]] const std::vector<std::string>& commands() const { return commands_; }

 private:
  void make_truth(const std::filesystem::path& folder, ComparisonObserver& observer);
  void make_coarse(const std::filesystem::path& folder, ComparisonObserver& observer);

  ComparedData entry_;
  std::unique_ptr<Dataset> truth_;
  std::filesystem::path truth_path_;
  std::string truth_state_;
  std::unique_ptr<Dataset> coarse_;
  std::filesystem::path coarse_path_;
  std::vector<std::string> commands_;
};

/// A variable of one of the cases.
struct ComparedVariable {
  const ComparedCase* data = nullptr;
  std::size_t index = 0;  ///< in data->coarse()
  std::string key;        ///< "data/variable", or "variable" where there is one data set
  std::string file;       ///< letters of a file name, unlike those of the other variables
  std::string trained;    ///< its name in a joint training, as `stsr train` makes it

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

/// Letters of a file or folder name for any text; other texts may have the same.
[[nodiscard]] std::string file_name_of(const std::string& text);

}  // namespace stsr
