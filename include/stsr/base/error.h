#pragma once

#include <stdexcept>
#include <string>

namespace stsr {

/// What a caller may want to tell apart; also the exit code of the command line.
enum class ErrorKind {
  value = 2,         ///< a parameter, option or configuration value breaks a rule
  file = 3,          ///< a file is missing, unreadable, unwritable, malformed or in use
  numeric = 4,       ///< a computation left the finite numbers
  interrupted = 130  ///< the user asked to stop
};

/// Base of everything that the library throws. The message is one line: the rule, the value that
/// broke it and the remedy. The library never prints and never exits.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

/// A parameter breaks a rule.
class ValueError : public Error {
 public:
  explicit ValueError(const std::string& message) : Error(ErrorKind::value, message) {}
};

/// Sizes do not fit together, or a size overflows.
class ShapeError : public ValueError {
 public:
  using ValueError::ValueError;
};

/// A file cannot be used. The message begins with the file's path.
class FileError : public Error {
 public:
  explicit FileError(const std::string& message) : Error(ErrorKind::file, message) {}
};

/// A result is not finite, e.g. training diverged.
class NumericError : public Error {
 public:
  explicit NumericError(const std::string& message) : Error(ErrorKind::numeric, message) {}
};

/// The user asked to stop; whatever could be saved has been saved.
class Interrupted : public Error {
 public:
  explicit Interrupted(const std::string& message) : Error(ErrorKind::interrupted, message) {}
};

}  // namespace stsr
