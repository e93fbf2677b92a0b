#include "stsr/base/warning.h"

#include <mutex>
#include <utility>

namespace stsr {

namespace {

std::mutex mutex;
std::function<void(const std::string&)> current;

}  // namespace

void warn(const std::string& message) {
  const std::lock_guard lock(mutex);
  if (current) current(message);
}

void set_warning_handler(std::function<void(const std::string&)> handler) {
  const std::lock_guard lock(mutex);
  current = std::move(handler);
}

}  // namespace stsr
