#include "output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "file_pattern.h"
#include "formats/dataset_file.h"
#include "input_file.h"
#include "stsr/base/file_error.h"
#include "unfinished_run.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

bool entry_exists(const fs::path& path) {
  return fs::exists(fs::symlink_status(path));
}

/// The text of a data set file of ours. @throws FileError  somebody else wrote it.
std::string our_dataset_text(const fs::path& path) {
  const InputFile file(path);
  std::string text = file.size() > largest_text ? "" : read_text(file, largest_text);
  if (!is_our_dataset_file(text))
    throw_file_error(path, "exists and was not written by STSR; choose another folder");
  return text;
}

bool is_our_index(const fs::path& path) {
  const InputFile file(path);
  return file.size() <= largest_text &&
         read_text(file, largest_text).find(index_mark) != std::string::npos;
}

/// Whether some format writes indices of this extension.
bool is_index_extension(const fs::path& extension) {
  return std::any_of(all_formats().begin(), all_formats().end(), [&](const Format* format) {
    return format->writer() != nullptr && !extension.empty() &&
           format->writer()->index_extension() == extension;
  });
}

/// A file that says that the folder is complete, held so that nobody reads it while it goes away.
class HeldFile {
 public:
  /// @throws FileError  a run is reading it.
  explicit HeldFile(fs::path path)
      : path_(std::move(path)), descriptor_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
      return;
    close(descriptor_);
    throw_file_error(path_, "is being read by this or another run; choose another folder");
  }
  ~HeldFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  void remove() const {
    if (unlink(path_.c_str()) != 0)
      throw_file_error(path_, "cannot be removed: {}", errno_text(errno));
  }

 private:
  fs::path path_;
  int descriptor_;
};

bool is_whole_step(const StepFiles& series, const fs::path& path) {
  try {
    return series.is_whole(path);
  } catch (const FileError&) {
    return false;  // e.g. it is not there
  }
}

}  // namespace

OutputFolder::Made::Made(const fs::path& folder) : path(folder) {
  std::error_code error;
  made = fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw_file_error(folder, "cannot be made a folder: {}; choose another place",
                     error ? error.message() : "a file has this name");
}

OutputFolder::Made::~Made() {
  std::error_code ignored;
  if (made) fs::remove(path, ignored);  // only if empty
}

OutputFolder::OutputFolder(const fs::path& folder, std::vector<StepFiles> plan, OutputRun run)
    : folder_(folder),
      made_(folder),
      lock_(folder / "dataset"),
      plan_(std::move(plan)),
      run_(std::move(run)) {
  for (const StepFiles& series : plan_) found_.emplace_back(series.names.size(), false);
  claim();
}

OutputFolder::~OutputFolder() {
  if (finished_) return;
  for (const fs::path& file : written_last_) unlink(file.c_str());
  if (!run_.fingerprint.empty() && steps_there_) return;  // for the next run to resume
  for (const fs::path& file : written_) unlink(file.c_str());
  unlink((folder_ / unfinished_name).c_str());
}

/// Makes the folder this run's, or throws and leaves it as it is.
void OutputFolder::claim() {
  // 1. What is there, and whether this run may replace or resume it.
  const PreviousRun previous = previous_run();
  refuse_others(previous);

  // 2. Steps to take over; where all are there and the data set is complete, nothing is left to do.
  if (previous.resumed) find_steps();
  if (previous.resumed && previous.complete && all_found()) {
    finished_ = true;
    return;
  }

  // 3. The files that say that the folder is complete: held, so that nobody begins to read one.
  const std::vector<fs::path> last = last_files();
  std::vector<std::unique_ptr<HeldFile>> held;
  for (const fs::path& file : last) held.push_back(std::make_unique<HeldFile>(file));

  // 4. The mark, then without them: from here on a crash leaves an unfinished folder. Until the
  // steps of another run are gone, the mark has no fingerprint: nobody may take them for steps of
  // this one.
  write_mark(previous.resumed ? run_.fingerprint : "");
  for (const auto& file : held) file->remove();
  if (previous.resumed) return;

  // 5. The steps of the run that is replaced.
  remove_steps(previous.steps);
  for (const StepFiles& series : plan_) remove_steps(series.names);
  write_mark(run_.fingerprint);
}

/// @throws FileError  it is not ours, or an unfinished run is to be resumed that is another one.
OutputFolder::PreviousRun OutputFolder::previous_run() const {
  PreviousRun previous;
  UnfinishedRun mark;
  previous.unfinished = entry_exists(folder_ / unfinished_name);
  if (previous.unfinished) mark = read_unfinished(folder_ / unfinished_name);
  previous.steps = mark.names_in(folder_);
  previous.complete = entry_exists(folder_ / dataset_name);
  const std::string text = previous.complete ? our_dataset_text(folder_ / dataset_name) : "";
  const std::string run = previous.unfinished ? mark.fingerprint : run_of_dataset_file(text);
  previous.resumed = run_.resume && !run_.fingerprint.empty() && run == run_.fingerprint;
  if (run_.resume && previous.unfinished && !previous.resumed)
    throw_file_error(folder_,
                     "holds an unfinished data set of another model, input, option or version; "
                     "leave out --resume to replace it, or choose another folder");
  return previous;
}

/// The files of ours that say that the folder is complete, dataset.toml first.
std::vector<fs::path> OutputFolder::last_files() const {
  std::vector<fs::path> files;
  if (entry_exists(folder_ / dataset_name)) files.push_back(folder_ / dataset_name);
  std::error_code ignored;
  for (const std::string& name : names_in(folder_)) {
    const fs::path file = folder_ / name;
    if (is_index_extension(file.extension()) && fs::is_regular_file(file, ignored) &&
        is_our_index(file))
      files.push_back(file);
  }
  return files;
}

/// @throws FileError  a file of somebody else has a name that this run needs. Where the folder
/// holds a complete data set of ours, all files that are called like a step belong to it.
void OutputFolder::refuse_others(const PreviousRun& previous) const {
  const std::set<std::string> known(previous.steps.begin(), previous.steps.end());
  const auto refuse = [&](const std::string& name) {
    throw_file_error(folder_ / name,
                     "exists and belongs to no data set of STSR; remove it or choose another "
                     "folder");
  };
  for (const StepFiles& series : plan_) {
    if (!series.index.empty() && entry_exists(folder_ / series.index) &&
        !is_our_index(folder_ / series.index))
      refuse(series.index);
    if (previous.complete) continue;
    for (const std::string& name : series.names)
      if (!known.contains(name) && entry_exists(folder_ / name)) refuse(name);
  }
}

void OutputFolder::find_steps() {
  for (std::size_t s = 0; s < plan_.size(); ++s)
    for (std::size_t step = 0; step < plan_[s].names.size(); ++step) {
      const bool whole = is_whole_step(plan_[s], folder_ / plan_[s].names[step]);
      found_[s][step] = whole;
      steps_there_ |= whole;
    }
}

bool OutputFolder::all_found() const {
  for (std::size_t s = 0; s < plan_.size(); ++s) {
    const auto& steps = found_[s];
    if (std::find(steps.begin(), steps.end(), false) != steps.end()) return false;
    if (!plan_[s].index.empty() && !entry_exists(folder_ / plan_[s].index)) return false;
  }
  return true;
}

void OutputFolder::write_mark(const std::string& fingerprint) const {
  UnfinishedRun mark{fingerprint, {}};
  for (const StepFiles& series : plan_) mark.steps.push_back({series.pattern, series.names.size()});
  AtomicFile file(folder_ / unfinished_name);
  file.write(unfinished_text(mark));
  file.commit();
}

void OutputFolder::remove_steps(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    unlink(side_file(folder_ / name, "partial").c_str());
    if (unlink((folder_ / name).c_str()) != 0 && errno != ENOENT)
      throw_file_error(folder_ / name, "cannot be replaced: {}", errno_text(errno));
  }
}

void OutputFolder::commit_step(AtomicFile& file, const fs::path& path) {
  file.commit();
  const std::lock_guard lock(mutex_);
  written_.push_back(path);
  steps_there_ = true;
}

void OutputFolder::write_last(const std::string& name, const std::string& text) {
  AtomicFile file(folder_ / name);
  file.write(text);
  file.commit();
  written_last_.push_back(folder_ / name);
}

void OutputFolder::finish() {
  finished_ = true;
  unlink((folder_ / unfinished_name).c_str());
}

bool is_unfinished(const fs::path& folder) {
  return entry_exists(folder / unfinished_name);
}

}  // namespace stsr
