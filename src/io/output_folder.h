#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stsr/io/atomic_file.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {

/// The files of one series of time steps that are to be written.
struct StepFiles {
  std::string pattern;                                         ///< of the names, "speed_%04d.raw"
  std::vector<std::string> names;                              ///< one per time step
  std::function<bool(const std::filesystem::path&)> is_whole;  ///< was written to its last byte
  std::string index;  ///< file that names them all, "volumes.pvd"; may be empty
};

/// The folder that a data set is written into: locked against other writers, without the files that
/// would say that it is complete, and with the mark of an unfinished run beside the steps, so that
/// after a crash they are known to be ours. Files of others are never replaced or removed.
///
/// A data set of ours that is complete, or was left unfinished, is replaced; where `run.resume` is
/// set and the steps there are of the same run, those that are whole are found instead. What is
/// written and not finished stays for the next run where it can resume (`run.fingerprint` is not
/// empty) and a step is whole; else it is removed.
class OutputFolder {
 public:
  /// @throws FileError  the folder cannot be made, is in use, holds files of others, or an
  /// unfinished run is to be resumed that is not this one.
  OutputFolder(const std::filesystem::path& folder, std::vector<StepFiles> plan, OutputRun run);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// True where the step of the series was there whole, from an earlier run.
  [[nodiscard]] bool found(std::size_t series, std::size_t step) const {
    return found_[series][step];
  }
  /// Renames a step file into place; several threads may.
  void commit_step(AtomicFile& file, const std::filesystem::path& path);
  /// Writes one of the files that come last, indices and dataset.toml. @throws FileError
  void write_last(const std::string& name, const std::string& text);
  /// True once the data set is whole: after finish(), or found so.
  [[nodiscard]] bool finished() const { return finished_; }
  void finish();

 private:
  /// A folder that is removed again if it was made here and is empty.
  struct Made {
    explicit Made(const std::filesystem::path& path);
    ~Made();
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;
    std::filesystem::path path;
    bool made;
  };

  /// What earlier runs left in the folder.
  struct PreviousRun {
    bool unfinished = false;         ///< its mark is there
    bool complete = false;           ///< its dataset.toml is there
    bool resumed = false;            ///< this run takes its whole steps over
    std::vector<std::string> steps;  ///< names of the step files that the mark knows
  };

  void claim();
  [[nodiscard]] PreviousRun previous_run() const;
  [[nodiscard]] std::vector<std::filesystem::path> last_files() const;
  void refuse_others(const PreviousRun& previous) const;
  void find_steps();
  [[nodiscard]] bool all_found() const;
  void write_mark(const std::string& fingerprint) const;
  void remove_steps(const std::vector<std::string>& names) const;

  std::filesystem::path folder_;
  Made made_;
  PathLock lock_;
  std::vector<StepFiles> plan_;
  OutputRun run_;
  std::vector<std::vector<bool>> found_;  // [series][step]
  std::mutex mutex_;                      // guards what commit_step() changes, the next two
  bool steps_there_ = false;              // at least one, found or written
  std::vector<std::filesystem::path> written_;
  std::vector<std::filesystem::path> written_last_;
  bool finished_ = false;
};

}  // namespace stsr
