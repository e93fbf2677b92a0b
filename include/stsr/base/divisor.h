#pragma once

#include <cstdint>

namespace stsr {

/// Quotients by a fixed number, without the processor's slow division. Exact for dividends up to
/// 2^48: the product below is then off by less than 1/8, so that its whole part is off by at most
/// one.
class Divisor {
 public:
  /// @param divisor  from 1 to 2^48
  explicit Divisor(std::uint64_t divisor)
      : divisor_(static_cast<std::int64_t>(divisor)),
        inverse_(1.0 / static_cast<double>(divisor)) {}

  [[nodiscard]] std::uint64_t quotient(std::uint64_t dividend) const {
    const auto n = static_cast<std::int64_t>(dividend);
    const auto estimate = static_cast<std::int64_t>(static_cast<double>(n) * inverse_);
    const std::int64_t remainder = n - estimate * divisor_;
    return static_cast<std::uint64_t>(estimate + (remainder >= divisor_) - (remainder < 0));
  }

 private:
  std::int64_t divisor_;
  double inverse_;
};

}  // namespace stsr
