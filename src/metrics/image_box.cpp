#include "stsr/metrics/image_box.h"

#include <algorithm>
#include <utility>

#include "image_size.h"
#include "stsr/base/error.h"

namespace stsr {

namespace {

/// First and one past the last pixel along an axis.
using Span = std::pair<std::size_t, std::size_t>;

Span widened(Span span, std::size_t least, std::size_t size) {
  const std::size_t wanted = std::min(std::max(least, span.second - span.first), size);
  const std::size_t extra = wanted - (span.second - span.first);
  const std::size_t begin = std::min(span.first - std::min(span.first, extra / 2), size - wanted);
  return {begin, begin + wanted};
}

}  // namespace

PixelBox common_box(std::span<const Image> images, Rgb background, std::size_t least) {
  if (images.empty()) throw ValueError("a common box needs at least one image, got none");
  const std::size_t width = images.front().width;
  const std::size_t height = images.front().height;
  Span columns{width, 0};
  Span rows{height, 0};
  for (const Image& image : images) {
    check_same_size(images.front(), image);
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) {
        if (image.at(x, y) == background) continue;
        columns = {std::min(columns.first, x), std::max(columns.second, x + 1)};
        rows = {std::min(rows.first, y), std::max(rows.second, y + 1)};
      }
  }
  if (columns.second == 0) return {0, 0, width, height};
  columns = widened(columns, least, width);
  rows = widened(rows, least, height);
  return {columns.first, rows.first, columns.second - columns.first, rows.second - rows.first};
}

}  // namespace stsr
