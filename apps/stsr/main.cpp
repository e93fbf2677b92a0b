// The command line of STSR: parses, runs one command, prints errors in one line.

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <vector>

#include "commands.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/text.h"
#include "stsr/kernels/instruction_set.h"
#include "terminal_progress.h"

namespace stsr::app {

CLI::App* add_command(CLI::App& program, Invocation& invocation, const std::string& name,
                      const std::string& description, const std::string& examples,
                      std::function<void()> run) {
  CLI::App* command = program.add_subcommand(name, description);
  command->footer("Examples:\n" + examples);
  const std::string group = "Every command";
  command->add_flag("-q,--quiet", invocation.common.quiet, "No progress, only warnings and errors")
      ->group(group);
  command
      ->add_option("--log-level", invocation.common.log_level,
                   "debug, info, warning or error (default: info)")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->group(group);
  command
      ->add_option("--threads", invocation.common.threads,
                   "Threads to compute with (default: one a core)")
      ->check(CLI::Range(1, 4096))
      ->group(group);
  command
      ->add_option("--instruction-set", invocation.common.instruction_set,
                   "portable, avx2, avx512 or avx512-bf16 (default: the best that the machine has)")
      ->group(group);
  command->callback([&invocation, run = std::move(run)] { invocation.run = run; });
  return command;
}

namespace {

/// The command that was chosen, of a group the one in it, or the program itself.
const CLI::App& place_of(const CLI::App& program) {
  const CLI::App* place = &program;
  while (!place->get_subcommands().empty()) place = place->get_subcommands().front();
  return *place;
}

/// "stsr", "stsr train", "stsr stnet train".
std::string words_of(const CLI::App& place) {
  const CLI::App* const parent = place.get_parent();
  return parent == nullptr ? place.get_name() : words_of(*parent) + " " + place.get_name();
}

/// True for the program and for a command that is a group of commands.
bool is_group(const CLI::App& place) {
  return !place.get_subcommands({}).empty();
}

/// The first word that nothing understood, with the nearest command or option; empty if there is
/// none.
std::string unexpected(const CLI::App& program) {
  const CLI::App& place = place_of(program);
  if (const auto before = program.remaining(false); &place != &program && !before.empty())
    return fmt::format("options stand after the command: {} {}", words_of(place), before.front());
  const auto words = place.remaining(false);
  if (words.empty()) return {};
  const std::string word = words.front().substr(0, words.front().find('='));
  const bool is_option = word.size() > 1 && word[0] == '-';
  if (!is_group(place) && !is_option) return fmt::format("'{}' is one argument too many", word);

  std::vector<std::string> known;
  if (is_option) {
    for (const CLI::Option* option : place.get_options())
      if (!option->get_lnames().empty()) known.push_back("--" + option->get_lnames().front());
  } else {
    for (const CLI::App* command : place.get_subcommands({})) known.push_back(command->get_name());
  }
  return fmt::format("there is no {} '{}'{}", is_option ? "option" : "command", word,
                     name_hint(word, known));
}

/// What is wrong with the words of the command line. A word that nothing understood is named first:
/// what is missing may be what it was meant to be.
std::string misuse(const CLI::App& program, const CLI::ParseError& error) {
  if (const std::string text = unexpected(program); !text.empty()) return text;
  const CLI::App& place = place_of(program);
  if (is_group(place))
    return fmt::format("a command is required; '{} --help' lists them", words_of(place));
  return fmt::format("{}; see '{} --help'", error.what(), words_of(place));
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

int fail(const std::string& message, ErrorKind kind) {
  fmt::print(stderr, "stsr: error: {}\n", one_line(message));
  return static_cast<int>(kind);
}

int run(Invocation& invocation) {
  const CommonOptions& common = invocation.common;
  start_logging(common.quiet ? "warning" : common.log_level);
  set_thread_count(common.threads > 0 ? common.threads : thread_count());
  if (!common.instruction_set.empty()) (void)find_instruction_set(common.instruction_set);
  watch_interrupts();
  invocation.run();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw FileError("standard output: cannot be written; is the disk full?");
  return 0;
}

int main(int argc, char** argv) {
  CLI::App program(
      "STSR: space-time super-resolution of multivariate, time-varying volumes with one implicit\n"
      "neural network. Trains on coarse volumes, writes them at any resolution in space and time.",
      "stsr");
  program.set_version_flag("--version", STSR_VERSION);
  program.require_subcommand(1);
  program.footer("'stsr COMMAND --help' shows the options of a command, with examples.");
  Invocation invocation;
  for (const auto add :
       {add_generate, add_reduce, add_train, add_upscale, add_interpolate, add_blend, add_evaluate,
        add_evaluate_images, add_render, add_compare, add_info, add_stnet, add_config})
    add(program, invocation);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    return fail(misuse(program, error), ErrorKind::value);
  }
  try {
    return run(invocation);
  } catch (const Error& error) {
    return fail(error.what(), error.kind());
  } catch (const std::bad_alloc&) {
    return fail("there is not enough memory; use smaller volumes or fewer variables at a time",
                ErrorKind::value);
  } catch (const std::exception& error) {
    return fail(error.what(), ErrorKind::file);
  }
}

}  // namespace
}  // namespace stsr::app

int main(int argc, char** argv) {
  try {
    return stsr::app::main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stsr: error: %s\n", error.what());
    return 1;
  }
}
