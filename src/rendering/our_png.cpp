#include "our_png.h"

#include <string>
#include <string_view>

#include "stsr/rendering/png.h"

namespace stsr {

namespace {

std::size_t big_endian(std::string_view four) {
  std::size_t number = 0;
  for (const char byte : four) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

bool is_our_png(std::span<const std::byte> bytes) {
  constexpr std::string_view signature("\x89PNG\r\n\x1a\n");
  constexpr std::size_t head = 8;      // of a chunk: its length, its type
  constexpr std::size_t checksum = 4;  // after its data
  const std::string author = std::string(author_key) + '\0' + author_name;
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!rest.starts_with(signature)) return false;
  rest.remove_prefix(signature.size());
  while (rest.size() >= head + checksum) {
    const std::size_t length = big_endian(rest.substr(0, 4));
    const std::string_view type = rest.substr(4, 4);
    if (type == "IDAT" || length > rest.size() - head - checksum) return false;
    if (type == "tEXt" && rest.substr(head, length) == author) return true;
    rest.remove_prefix(head + length + checksum);
  }
  return false;
}

}  // namespace stsr
