#include "command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/text.h"

namespace stsr::app {

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
  std::error_code ignored;
  if (!is_group(place) && !is_option)
    return fmt::format("'{}' is one argument too many{}", word,
                       std::filesystem::exists(words.front(), ignored)
                           ? "; quote a pattern, as 'run_*.vti', to open files as a time series"
                           : "");

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

}  // namespace

Option Option::type_name(const std::string& name) const {
  return Option(*option_->type_name(name));
}

Option Option::group(const std::string& heading) const {
  return Option(*option_->group(heading));
}

Option Option::required() const {
  return Option(*option_->required());
}

Option Option::needs(Option other) const {
  return Option(*option_->needs(other.option_));
}

Option Option::excludes(Option other) const {
  return Option(*option_->excludes(other.option_));
}

Option Option::one_of(const std::vector<std::string>& texts) const {
  return Option(*option_->check(CLI::IsMember(texts)));
}

Option Option::between(int least, int most) const {
  return Option(*option_->check(CLI::Range(least, most)));
}

Option Option::delimiter(char between) const {
  return Option(*option_->delimiter(between));
}

Option Option::allow_extra_args(bool allowed) const {
  return Option(*option_->allow_extra_args(allowed));
}

Option Option::capture_default_str() const {
  return Option(*option_->capture_default_str());
}

Option Command::add_option(const std::string& name, std::string& variable,
                           const std::string& description) {
  return Option(*command_->add_option(name, variable, description));
}

Option Command::add_option(const std::string& name, std::vector<std::string>& variable,
                           const std::string& description) {
  return Option(*command_->add_option(name, variable, description));
}

Option Command::add_option(const std::string& name, int& variable, const std::string& description) {
  return Option(*command_->add_option(name, variable, description));
}

Option Command::add_flag(const std::string& name, bool& variable, const std::string& description) {
  return Option(*command_->add_flag(name, variable, description));
}

Command Command::add_command(const std::string& name, const std::string& description,
                             const std::string& footer, std::function<void()> chosen) {
  CLI::App* const command = command_->add_subcommand(name, description);
  command->footer(footer);
  command->callback(std::move(chosen));
  return Command(*command);
}

Command Command::add_group(const std::string& name, const std::string& description,
                           const std::string& footer) {
  CLI::App* const group = command_->add_subcommand(name, description);
  group->require_subcommand(1);
  group->footer(footer);
  return Command(*group);
}

CommandLine::CommandLine(const std::string& name, const std::string& description,
                         const std::string& version, const std::string& footer)
    : program_(std::make_unique<CLI::App>(description, name)) {
  program_->set_version_flag("--version", version);
  program_->require_subcommand(1);
  program_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() {
  return Command(*program_);
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    program_->parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program_->exit(help);
  } catch (const CLI::ParseError& error) {
    throw ValueError(misuse(*program_, error));
  }
  return std::nullopt;
}

}  // namespace stsr::app
