#include "output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "dataset_file.h"
#include "dataset_text.h"
#include "file_error.h"
#include "input_file.h"
#include "unfinished_run.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
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

bool is_our_pvd_file(const fs::path& path) {
  const InputFile file(path);
  return file.size() <= largest_text && is_our_pvd(read_text(file, largest_text));
}

/// A file that says that the folder is complete, held so that nobody reads it while it goes away.
class HeldEnd {
 public:
  /// @throws FileError  a run is reading it.
  explicit HeldEnd(fs::path path)
      : path_(std::move(path)), descriptor_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
      return;
    close(descriptor_);
    throw_file_error(path_, "is being read by this or another run; choose another folder");
  }
  ~HeldEnd() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  HeldEnd(const HeldEnd&) = delete;
  HeldEnd& operator=(const HeldEnd&) = delete;

  void remove() const {
    if (unlink(path_.c_str()) != 0)
      throw_file_error(path_, "cannot be removed: {}", errno_text(errno));
  }

 private:
  fs::path path_;
  int descriptor_;
};

/// Whether a step file was written to its end.
bool is_whole(const fs::path& path, std::uint64_t bytes) {
  constexpr std::string_view end = "</VTKFile>";
  try {
    const InputFile file(path);
    if (bytes != 0) return file.size() == bytes;
    std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 64)), '\0');
    file.read(file.size() - tail.size(), std::as_writable_bytes(std::span(tail)));
    return tail.find(end) != std::string::npos;
  } catch (const FileError&) {
    return false;
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
  for (const fs::path& file : written_ends_) unlink(file.c_str());
  if (!run_.fingerprint.empty() && steps_there_) return;  // the next run goes on from here
  for (const fs::path& file : written_) unlink(file.c_str());
  unlink((folder_ / unfinished_name).c_str());
}

void OutputFolder::claim() {
  UnfinishedRun before;
  const bool unfinished = is_there(folder_ / unfinished_name);
  if (unfinished) before = read_unfinished(folder_ / unfinished_name);
  const bool complete = is_there(folder_ / dataset_name);
  const std::string text = complete ? our_dataset_text(folder_ / dataset_name) : "";
  const std::string there = unfinished ? before.fingerprint : run_of_dataset_file(text);
  const bool same = run_.resume && !run_.fingerprint.empty() && there == run_.fingerprint;
  if (run_.resume && unfinished && !same)
    throw_file_error(folder_,
                     "holds an unfinished data set of another model, input, option or version; "
                     "leave out --resume to replace it, or choose another folder");
  refuse_others(before.names(), complete);
  if (same) find_steps();
  const std::vector<fs::path> former = ends();
  if (same && complete && all_found()) {
    finished_ = true;
    return;
  }
  std::vector<std::unique_ptr<HeldEnd>> held;
  for (const fs::path& end : former) held.push_back(std::make_unique<HeldEnd>(end));
  // From here on a crash leaves an unfinished folder. Until the steps of another run are gone, the
  // mark has no fingerprint: nobody may take them for steps of this one.
  write_mark(same ? run_.fingerprint : "");
  for (const auto& end : held) end->remove();
  if (same) return;
  remove_steps(before.names());
  for (const StepFiles& series : plan_) remove_steps(series.names);
  write_mark(run_.fingerprint);
}

/// The files of ours that say that the folder is complete, dataset.toml first.
std::vector<fs::path> OutputFolder::ends() const {
  std::vector<fs::path> files;
  if (is_there(folder_ / dataset_name)) files.push_back(folder_ / dataset_name);
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".pvd" && entry.is_regular_file() &&
        is_our_pvd_file(entry.path()))
      files.push_back(entry.path());
  return files;
}

/// @param ours          names of step files that are ours
/// @param replaces_all  all files that are called like a step are
void OutputFolder::refuse_others(const std::vector<std::string>& ours, bool replaces_all) const {
  const std::set<std::string> known(ours.begin(), ours.end());
  const auto refuse = [&](const std::string& name) {
    throw_file_error(folder_ / name,
                     "exists and belongs to no data set of STSR; remove it or choose another "
                     "folder");
  };
  for (const StepFiles& series : plan_) {
    if (!series.pvd.empty() && is_there(folder_ / series.pvd) &&
        !is_our_pvd_file(folder_ / series.pvd))
      refuse(series.pvd);
    if (replaces_all) continue;
    for (const std::string& name : series.names)
      if (!known.contains(name) && is_there(folder_ / name)) refuse(name);
  }
}

void OutputFolder::find_steps() {
  for (std::size_t s = 0; s < plan_.size(); ++s)
    for (std::size_t step = 0; step < plan_[s].names.size(); ++step) {
      const bool whole = is_whole(folder_ / plan_[s].names[step], plan_[s].bytes);
      found_[s][step] = whole;
      steps_there_ |= whole;
    }
}

bool OutputFolder::all_found() const {
  for (std::size_t s = 0; s < plan_.size(); ++s) {
    const auto& steps = found_[s];
    if (std::find(steps.begin(), steps.end(), false) != steps.end()) return false;
    if (!plan_[s].pvd.empty() && !is_there(folder_ / plan_[s].pvd)) return false;
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
    unlink((folder_ / (name + ".partial")).c_str());
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

void OutputFolder::write_end(const std::string& name, const std::string& text) {
  AtomicFile file(folder_ / name);
  file.write(text);
  file.commit();
  written_ends_.push_back(folder_ / name);
}

void OutputFolder::finish() {
  finished_ = true;
  unlink((folder_ / unfinished_name).c_str());
}

bool is_unfinished(const fs::path& folder) {
  return is_there(folder / unfinished_name);
}

}  // namespace stsr
