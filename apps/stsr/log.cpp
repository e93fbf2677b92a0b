#include "log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>

#include "stsr/base/text.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    clear_bar();
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  void flush_() override { std::fflush(stderr); }
};

}  // namespace

void start_logging(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("stsr", std::make_shared<StderrSink>());
  logger->set_pattern("stsr: %l: %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(logger);
}

void log_text(LogLevel level, const std::string& text) {
  spdlog::log(level == LogLevel::info ? spdlog::level::info : spdlog::level::warn,
              spdlog::string_view_t(printable(text)));
}

}  // namespace stsr::app
