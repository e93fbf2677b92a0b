#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "commands.h"
#include "config_options.h"
#include "log.h"
#include "stsr/base/error.h"
#include "stsr/experiments/comparison.h"
#include "stsr/io/config_file.h"
#include "stsr/version.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr compare configs/small/methods.toml -o out/methods      report in "
    "out/methods/report.html\n"
    "  stsr compare --reference                                    all keys of the configuration\n"
    "\n"
    "What was finished is kept: the same command resumes after Ctrl-C, or after a method was "
    "added\n"
    "or changed in the configuration.\n";

constexpr const char* reference_introduction =
    "# Configuration of a comparison\n"
    "\n"
    "The file of `stsr compare` is TOML; an unknown key is an error. Paths count from the place "
    "of\n"
    "the file. This page is made by `stsr compare --reference` from the structs that hold the\n"
    "settings, whose initialisers are the only defaults.\n"
    "\n";

struct Options {
  std::string config;
  std::string folder;
  bool reference = false;
};

/// Shows the work on the terminal.
class TerminalObserver final : public ComparisonObserver {
 public:
  explicit TerminalObserver(bool quiet) : quiet_(quiet) {}

  [[nodiscard]] std::unique_ptr<Progress> progress(const std::string& label,
                                                   std::optional<double> limit_seconds) override {
    return std::make_unique<TerminalProgress>(label, quiet_, limit_seconds);
  }
  void note(const std::string& line) override { log_warning("{}", line); }

 private:
  bool quiet_;
};

void run(const Options& options, const CommonOptions& common) {
  if (options.reference) {
    fmt::print("{}{}", reference_introduction, config_reference_markdown<ComparisonConfig>());
    return;
  }
  if (options.config.empty() || options.folder.empty())
    throw ValueError(fmt::format("{} is required; see 'stsr compare --help'",
                                 options.config.empty() ? "CONFIG" : "--output"));
  ComparisonRequest request;
  request.config = read_comparison_config(options.config);
  request.config_text = config_detail::read_text_file(options.config);
  request.command = fmt::format("stsr compare {} -o {}", options.config, options.folder);
  if (common.threads > 0) request.command += fmt::format(" --threads {}", common.threads);
  if (!common.instruction_set.empty())
    request.command += fmt::format(" --instruction-set {}", common.instruction_set);
  request.version = STSR_VERSION;
  request.folder = options.folder;
  request.compute = compute_options(common);
  TerminalObserver observer(common.quiet);
  const ComparisonSummary summary = run_comparison(request, observer);
  fmt::print("{}", summary.table);
  log_info("wrote {}", summary.report.string());
  if (summary.failed_methods > 0)
    throw ValueError(fmt::format("{} of {} methods failed; {} says why", summary.failed_methods,
                                 request.config.method.size(), summary.report.string()));
}

}  // namespace

void add_compare(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "compare",
                  "Train, run, measure and draw several methods on the same data; write a report",
                  examples, [options, &invocation] { run(*options, invocation.common); });
  const Option config = command.add_option("config", options->config, "Configuration file (TOML)")
                            .type_name("CONFIG");
  const Option output =
      command.add_option("-o,--output", options->folder, "Folder for everything that it makes")
          .type_name("DIR");
  command
      .add_flag("--reference", options->reference, "Print the reference page of the configuration")
      .excludes(config)
      .excludes(output);
}

}  // namespace stsr::app
