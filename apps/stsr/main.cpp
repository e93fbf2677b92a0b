// The command line of STSR: parses, runs one command, prints errors in one line.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>
#include <utility>

#include "command_line.h"
#include "commands.h"
#include "log.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/text.h"
#include "stsr/base/warning.h"
#include "stsr/kernels/instruction_set.h"
#include "stsr/version.h"
#include "terminal_progress.h"

namespace stsr::app {

Command add_command(Command& parent, Invocation& invocation, const std::string& name,
                    const std::string& description, const std::string& examples,
                    std::function<void()> run) {
  CommonOptions& common = invocation.common;
  Command command =
      parent.add_command(name, description, "Examples:\n" + examples,
                         [&invocation, run = std::move(run)] { invocation.run = run; });
  const std::string group = "Every command";
  command.add_flag("-q,--quiet", common.quiet, "No progress, only warnings and errors")
      .group(group);
  command
      .add_option("--log-level", common.log_level, "debug, info, warning or error (default: info)")
      .one_of({"debug", "info", "warning", "error"})
      .group(group);
  command.add_option("--threads", common.threads, "Threads to compute with (default: one per core)")
      .between(1, 4096)
      .group(group);
  command
      .add_option("--instruction-set", common.instruction_set,
                  "portable, avx2, avx512 or avx512-bf16 (default: the best that the machine has)")
      .group(group);
  return command;
}

namespace {

int fail(const std::string& message, ErrorKind kind) {
  clear_bar();
  std::fputs(fmt::format("stsr: error: {}\n", printable(message)).c_str(), stderr);
  return static_cast<int>(kind);
}

/// Standard input, output and error that the caller closed, so that no file of ours gets their
/// numbers: what is written to the output then fails, and messages are lost.
void reserve_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) < 0)
      (void)open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

/// A reader that is gone and a file that may not grow are errors of writing, not deaths.
void survive_writing() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int run(Invocation& invocation) {
  const CommonOptions& common = invocation.common;
  start_logging(common.quiet ? "warning" : common.log_level);
  set_warning_handler([](const std::string& text) { log_warning("{}", text); });
  set_thread_count(common.threads > 0 ? common.threads : thread_count());
  if (!common.instruction_set.empty()) (void)find_instruction_set(common.instruction_set);
  watch_interrupts();
  invocation.run();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw FileError("standard output: cannot be written; is the disk full?");
  return 0;
}

int main(int argc, char** argv) {
  CommandLine command_line(
      "stsr",
      "STSR: space-time super-resolution of multivariate, time-varying volumes with one implicit\n"
      "neural network. Trains on coarse volumes, writes them at any resolution in space and time.",
      STSR_VERSION, "'stsr COMMAND --help' shows the options of a command, with examples.");
  Command program = command_line.program();
  Invocation invocation;
  for (const auto add :
       {add_generate, add_reduce, add_train, add_upscale, add_interpolate, add_blend, add_evaluate,
        add_evaluate_images, add_render, add_compare, add_info, add_stnet, add_config})
    add(program, invocation);
  try {
    if (const auto status = command_line.parse(argc, argv)) return *status;
    return run(invocation);
  } catch (const Error& error) {
    return fail(error.what(), error.kind());
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory; use smaller volumes or fewer variables at a time",
                ErrorKind::value);
  } catch (const std::exception& error) {
    return fail(untagged(error.what()), ErrorKind::file);
  }
}

}  // namespace
}  // namespace stsr::app

int main(int argc, char** argv) {
  stsr::app::reserve_descriptors();
  stsr::app::survive_writing();
  try {
    return stsr::app::main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stsr: error: %s\n", error.what());
    return 1;
  }
}
