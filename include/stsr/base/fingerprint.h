#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace stsr {

/// The bits of a fingerprint as 16 hexadecimal digits, and back.
/// @throws ValueError  the text has another form.
[[nodiscard]] std::string fingerprint_text(std::uint64_t bits);
[[nodiscard]] std::uint64_t fingerprint_from(std::string_view text);

/// 64 bits that tell what was added, in this order, from anything else: two different contents have
/// the same bits once in 2^64 times. Every item counts with its length, so neighbours cannot trade
/// bytes. It guards against mistakes, not against somebody who wants two contents to agree. The
/// same bits on machines of one byte order.
class Fingerprint {
 public:
  Fingerprint& add(std::span<const std::byte> bytes);
  Fingerprint& add(std::string_view text) { return add(std::as_bytes(std::span(text))); }

  /// Numbers count with the bits that they have in memory, so 0 and -0 differ.
  template <class T, std::size_t count>
  requires std::is_arithmetic_v<T> Fingerprint& add(std::span<const T, count> numbers) {
    return add(std::span<const std::byte>(std::as_bytes(numbers)));
  }
  template <class T>
  requires std::is_arithmetic_v<T> Fingerprint& add(T number) {
    return add(std::span<const T>(&number, 1));
  }

  [[nodiscard]] std::uint64_t bits() const { return state_; }
  [[nodiscard]] std::string text() const { return fingerprint_text(bits()); }

 private:
  void mix(std::uint64_t word);

  std::uint64_t state_ = 0x243F6A8885A308D3ULL;  // digits of pi
};

}  // namespace stsr
