#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "baselines/stnet/engine.h"
#include "stsr/base/error.h"
#include "stsr/baselines/stnet.h"

namespace stsr {

bool torch_available() {
  return true;
}

namespace stnet {

namespace {

namespace fs = std::filesystem;
using Factory = Engine* (*)(const Plan&, const StnetTrainingConfig&, int);

/// Beside the program, beside the library that this code is part of, or where the system looks.
std::vector<fs::path> candidates() {
  const fs::path name = STSR_STNET_LIBRARY;
  std::vector<fs::path> paths;
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  if (!code) paths.push_back(program.parent_path() / name);
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&torch_available), &here) != 0 &&
      here.dli_fname != nullptr)
    paths.push_back(fs::absolute(here.dli_fname, code).parent_path() / name);
  paths.push_back(name);
  return paths;
}

/// Loads the library once; it stays loaded, as Torch cannot be unloaded.
Factory load() {
  std::string reason;
  for (const fs::path& path : candidates()) {
    std::error_code code;
    if (path.has_parent_path() && !fs::exists(path, code)) continue;
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      if (reason.empty()) reason = dlerror();
      continue;
    }
    void* const symbol = dlsym(library, "stsr_make_stnet_engine_" STSR_STNET_INTERFACE);
    if (symbol == nullptr)
      throw FileError(
          fmt::format("{}: belongs to another version of STSR; build both again", path.string()));
    return reinterpret_cast<Factory>(symbol);
  }
  throw FileError(fmt::format(
      "{}: cannot be loaded ({}); it belongs beside the program, or is in the package stsr-stnet",
      STSR_STNET_LIBRARY, reason.empty() ? "not found" : reason));
}

}  // namespace

std::unique_ptr<Engine> make_engine(const Plan& plan, const StnetTrainingConfig& config,
                                    int threads) {
  static const Factory factory = load();
  return std::unique_ptr<Engine>(factory(plan, config, threads));
}

}  // namespace stnet
}  // namespace stsr
