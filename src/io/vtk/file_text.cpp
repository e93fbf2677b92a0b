#include "file_text.h"

#include <algorithm>

#include "stsr/base/file_error.h"

namespace stsr {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

/// Reads on behind what is left of the buffer; false at the end of the file.
bool FileText::fill() {
  constexpr std::uint64_t piece = 1 << 16;
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t kept = buffer_.size();
  const std::uint64_t more = next_ < file_.size() ? std::min(piece, file_.size() - next_) : 0;
  if (more == 0) return false;
  buffer_.resize(kept + static_cast<std::size_t>(more));
  file_.read(next_, std::as_writable_bytes(std::span(buffer_).subspan(kept)));
  next_ += more;
  return true;
}

char FileText::peek() {
  return at_ < buffer_.size() || fill() ? buffer_[at_] : '<';
}

void FileText::skip_space() {
  while (is_space(peek())) ++at_;
}

void FileText::skip_tag() {
  if (peek() != '<' || place() >= file_.size())
    throw_file_error(file_.path(), "has no element at byte {}", place());
  char quote = '\0';
  for (char c = peek(); c != '>' || quote != '\0'; c = peek()) {
    if (place() >= file_.size()) throw_file_error(file_.path(), "ends within a tag");
    if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = '\0';
    ++at_;
  }
  ++at_;
}

std::string_view FileText::word() {
  constexpr std::size_t longest = 1000;  // the rest is another word, which is one too many
  skip_space();
  std::size_t length = 0;
  while (length < longest && (at_ + length < buffer_.size() || fill())) {
    const char c = buffer_[at_ + length];
    if (is_space(c) || c == '<') break;
    ++length;
  }
  at_ += length;
  return std::string_view(buffer_).substr(at_ - length, length);
}

}  // namespace stsr
