#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compared_case.h"
#include "stsr/experiments/comparison.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {

/// What a method's training came to. Zero where there is none.
struct TrainingCost {
  double seconds = 0.0;
  std::size_t models = 0;
  std::size_t model_bytes = 0;  ///< of all its model files
  std::size_t parameters = 0;
  std::size_t epochs = 0;   ///< of the longest
  double loss = 0.0;        ///< of the last epoch, mean over the models; NaN before a step
  std::string remark = {};  ///< for the report; e.g. what a method was given that others were not
};

/// One time step of several mixtures of two variables.
struct BlendedVolumes {
  Grid grid;
  std::vector<std::vector<float>> values;  // [mixtures][nz*ny*nx]
};

/// A way from the coarse volumes of all its variables to fine ones.
class Method {
 public:
  virtual ~Method() = default;

  /// Tells everything that training depends on but the coarse samples.
  [[nodiscard]] virtual std::string settings() const = 0;

  /// Trains what is not trained yet; resumes an interrupted training.
  virtual TrainingCost train(ComparisonObserver& observer) = 0;

  /// True where one model gives all variables, and so writes those of a data set together.
  [[nodiscard]] virtual bool joint() const { return true; }

  /// The descriptions of what write() writes for variables of one data set.
  [[nodiscard]] virtual std::vector<VariableInfo> output_infos(
      std::span<const ComparedVariable> variables) const = 0;

  /// Writes all time steps of variables of one data set; the caller closes the writer.
  virtual void write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
                     Progress& progress) = 0;

  /// `count` mixtures from one variable to another (ends included) at one output step, by latent
  /// blending. @throws ValueError  the method, or its model, cannot blend these.
  [[nodiscard]] virtual BlendedVolumes blend(const ComparedVariable& from,
                                             const ComparedVariable& to, std::size_t count,
                                             std::size_t step) const;

  /// The commands that do the same by hand.
  [[nodiscard]] virtual std::vector<std::string> commands() const = 0;

  /// Logs of its trainings: JSON lines with "epoch" and "loss".
  [[nodiscard]] virtual std::vector<std::filesystem::path> logs() const { return {}; }
};

/// The method of an entry for these variables; its models lie in `folder`, which must exist when it
/// trains.
/// @throws ValueError  settings that are not known or contradict each other.
[[nodiscard]] std::unique_ptr<Method> make_method(const ComparedMethod& entry,
                                                  std::vector<ComparedVariable> variables,
                                                  const std::filesystem::path& folder,
                                                  const ComputeOptions& compute);

/// Each maker of a kind; see make_method.
[[nodiscard]] std::unique_ptr<Method> make_network_method(const ComparedMethod& entry,
                                                          std::vector<ComparedVariable> variables,
                                                          const std::filesystem::path& folder,
                                                          const ComputeOptions& compute);
[[nodiscard]] std::unique_ptr<Method> make_interpolation_method(
    const ComparedMethod& entry, std::vector<ComparedVariable> variables);
[[nodiscard]] std::unique_ptr<Method> make_stnet_method(const ComparedMethod& entry,
                                                        std::vector<ComparedVariable> variables,
                                                        const std::filesystem::path& folder);

/// The coarse samples of a variable, under its name in a joint training.
[[nodiscard]] Sequence training_sequence(const ComparedVariable& variable);

/// The coarse data sets of these variables, each once.
[[nodiscard]] std::vector<std::string> data_paths(std::span<const ComparedVariable> variables);

/// What says on a command line where the variables of one data set are written.
struct OutputArguments {
  const ComparedCase* data;
  std::string own;      ///< names of the variables, with commas between them
  std::string trained;  ///< in a joint training
  std::string grid;     ///< " --space ..." and the like
};

/// One for each data set of these variables.
[[nodiscard]] std::vector<OutputArguments> output_arguments(
    std::span<const ComparedVariable> variables);

/// The arguments that name the coarse data of these variables on a command line.
[[nodiscard]] std::string data_arguments(std::span<const ComparedVariable> variables);

}  // namespace stsr
