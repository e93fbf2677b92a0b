#pragma once

#include <exception>
#include <filesystem>
#include <new>

#include "number_text.h"
#include "stsr/base/file_error.h"

namespace stsr {

/// Calls f, which reads a file; what others throw on the way becomes a FileError that names it.
template <class F>
auto with_file_errors(const std::filesystem::path& path, const F& f) {
  try {
    return f();
  } catch (const FileError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw_file_error(path, "needs more memory than there is; it is too large, or damaged");
  } catch (const std::exception& error) {
    throw_file_error(path, "cannot be read: {}", excerpt(error.what()));
  }
}

}  // namespace stsr
