#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace stsr::app {

/// An option, flag or argument of a command; copies are of the same one. Each function returns it,
/// so that calls can follow one another. (CLI11 is behind it, in one file: it takes seconds to
/// compile.)
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  /// What the help calls the value.
  Option type_name(const std::string& name) const;
  /// The heading of the help that it stands under.
  Option group(const std::string& heading) const;
  Option required() const;
  /// Can only be given together with `other`.
  Option needs(Option other) const;
  /// Cannot be given together with `other`.
  Option excludes(Option other) const;
  /// Must be one of these.
  Option one_of(const std::vector<std::string>& texts) const;
  /// Must be from `least` to `most`.
  Option between(int least, int most) const;
  /// One text may hold several values, with this between them.
  Option delimiter(char between) const;
  /// Of a list: whether several values may follow one mention of the option.
  Option allow_extra_args(bool allowed) const;
  /// The help shows what the variable holds now.
  Option capture_default_str() const;

 private:
  CLI::Option* option_;
};

/// A command, a group of commands, or the program itself; copies are of the same one. The variables
/// that options are bound to must live until the command line is parsed.
class Command {
 public:
  explicit Command(CLI::App& command) : command_(&command) {}

  /// @param name  "--long", "-s,--long", or without dashes for an argument that stands by itself
  Option add_option(const std::string& name, std::string& variable, const std::string& description);
  Option add_option(const std::string& name, std::vector<std::string>& variable,
                    const std::string& description);
  Option add_option(const std::string& name, int& variable, const std::string& description);
  Option add_flag(const std::string& name, bool& variable, const std::string& description);

  /// @param footer  ends the help
  /// @param chosen  is called when the command line is parsed and names this command
  Command add_command(const std::string& name, const std::string& description,
                      const std::string& footer, std::function<void()> chosen);
  /// Commands of their own, of which one must be named.
  Command add_group(const std::string& name, const std::string& description,
                    const std::string& footer);

 private:
  CLI::App* command_;
};

/// The words that the program was started with, and what may be among them.
class CommandLine {
 public:
  /// @param footer  ends the help of the program, of which one command must be named
  CommandLine(const std::string& name, const std::string& description, const std::string& version,
              const std::string& footer);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] Command program();

  /// Sets the variables of the options. Where help or the version was asked for, prints it and
  /// returns the program's exit code.
  /// @throws ValueError  words that are not understood, are missing or exclude one another.
  [[nodiscard]] std::optional<int> parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> program_;
};

}  // namespace stsr::app
