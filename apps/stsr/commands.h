#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace stsr::app {

/// What every command understands.
struct CommonOptions {
  bool quiet = false;
  std::string log_level = "info";
  int threads = 0;              ///< 0: one a core
  std::string instruction_set;  ///< empty: the best that the machine has
};

/// The command that the command line chose; set while parsing, run afterwards.
struct Invocation {
  CommonOptions common;
  std::function<void()> run;
};

/// A subcommand with the common options; `examples` are lines that end its help. `run` becomes the
/// invocation's when the command is chosen.
CLI::App* add_command(CLI::App& program, Invocation& invocation, const std::string& name,
                      const std::string& description, const std::string& examples,
                      std::function<void()> run);

/// One file a command: each adds its options and what it does.
void add_generate(CLI::App& program, Invocation& invocation);
void add_reduce(CLI::App& program, Invocation& invocation);
void add_train(CLI::App& program, Invocation& invocation);
void add_upscale(CLI::App& program, Invocation& invocation);
void add_interpolate(CLI::App& program, Invocation& invocation);
void add_blend(CLI::App& program, Invocation& invocation);
void add_evaluate(CLI::App& program, Invocation& invocation);
void add_compare(CLI::App& program, Invocation& invocation);
void add_render(CLI::App& program, Invocation& invocation);
void add_evaluate_images(CLI::App& program, Invocation& invocation);
void add_info(CLI::App& program, Invocation& invocation);
void add_stnet(CLI::App& program, Invocation& invocation);
void add_config(CLI::App& program, Invocation& invocation);

}  // namespace stsr::app
