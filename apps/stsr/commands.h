#pragma once

#include <functional>
#include <string>

#include "command_line.h"

namespace stsr::app {

/// What every command understands.
struct CommonOptions {
  bool quiet = false;
  std::string log_level = "info";
  int threads = 0;              ///< 0: one per core
  std::string instruction_set;  ///< empty: the best that the machine has
};

/// The command that the command line chose; set while parsing, run afterwards.
struct Invocation {
  CommonOptions common;
  std::function<void()> run;
};

/// A subcommand with the common options; `examples` are lines that end its help. `run` becomes the
/// invocation's when the command is chosen.
Command add_command(Command& program, Invocation& invocation, const std::string& name,
                    const std::string& description, const std::string& examples,
                    std::function<void()> run);

/// One file per command: each adds its options and what it does.
void add_generate(Command& program, Invocation& invocation);
void add_reduce(Command& program, Invocation& invocation);
void add_train(Command& program, Invocation& invocation);
void add_upscale(Command& program, Invocation& invocation);
void add_interpolate(Command& program, Invocation& invocation);
void add_blend(Command& program, Invocation& invocation);
void add_evaluate(Command& program, Invocation& invocation);
void add_compare(Command& program, Invocation& invocation);
void add_render(Command& program, Invocation& invocation);
void add_evaluate_images(Command& program, Invocation& invocation);
void add_info(Command& program, Invocation& invocation);
void add_stnet(Command& program, Invocation& invocation);
void add_config(Command& program, Invocation& invocation);

}  // namespace stsr::app
