#include "text.h"

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkStdString.h>
#include <vtkTextProperty.h>
#include <vtkTextRenderer.h>

#include <algorithm>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/io/message_capture.h"

namespace stsr {

TextPixels text_pixels(const std::string& text, std::size_t font_size, bool bold) {
  TextPixels pixels;
  if (text.empty()) return pixels;
  const MessageCapture messages;
  vtkNew<vtkTextProperty> property;
  property->SetFontFamilyToArial();
  property->SetFontSize(static_cast<int>(font_size));
  property->SetBold(bold ? 1 : 0);
  property->SetColor(1.0, 1.0, 1.0);
  vtkNew<vtkImageData> image;
  int size[2] = {0, 0};
  constexpr int dots_per_inch = 72;  // a point is a pixel
  vtkTextRenderer* renderer = vtkTextRenderer::GetInstance();
  if (renderer == nullptr || !renderer->RenderString(property, vtkStdString(text), image, size,
                                                     dots_per_inch, vtkTextRenderer::FreeType))
    throw ValueError("VTK cannot draw the text '" + text + "': " + messages.first());
  const int* dims = image->GetDimensions();
  pixels.width = static_cast<std::size_t>(std::min(size[0], dims[0]));
  pixels.height = static_cast<std::size_t>(std::min(size[1], dims[1]));
  pixels.coverage.resize(pixels.width * pixels.height);
  const auto* rgba = static_cast<const std::uint8_t*>(image->GetScalarPointer());
  const auto stride = static_cast<std::size_t>(dims[0]);
  for (std::size_t y = 0; y < pixels.height; ++y)
    for (std::size_t x = 0; x < pixels.width; ++x)
      pixels.coverage[y * pixels.width + x] = rgba[((pixels.height - 1 - y) * stride + x) * 4 + 3];
  return pixels;
}

TextPixels turned_upwards(const TextPixels& text) {
  TextPixels turned{text.height, text.width, std::vector<std::uint8_t>(text.coverage.size())};
  for (std::size_t y = 0; y < text.height; ++y)
    for (std::size_t x = 0; x < text.width; ++x)
      turned.coverage[(text.width - 1 - x) * turned.width + y] = text.coverage[y * text.width + x];
  return turned;
}

void draw_text(Image& image, const TextPixels& text, std::ptrdiff_t x, std::ptrdiff_t y,
               Rgb colour) {
  const auto width = static_cast<std::ptrdiff_t>(image.width);
  const auto height = static_cast<std::ptrdiff_t>(image.height);
  for (std::size_t row = 0; row < text.height; ++row)
    for (std::size_t column = 0; column < text.width; ++column) {
      const std::ptrdiff_t at_x = x + static_cast<std::ptrdiff_t>(column);
      const std::ptrdiff_t at_y = y + static_cast<std::ptrdiff_t>(row);
      if (at_x < 0 || at_y < 0 || at_x >= width || at_y >= height) continue;
      const double part = text.coverage[row * text.width + column] / 255.0;
      for (std::size_t c = 0; c < 3; ++c) {
        std::uint8_t& pixel = image.pixels[static_cast<std::size_t>(at_y * width + at_x) * 3 + c];
        pixel = static_cast<std::uint8_t>(std::lround(std::lerp(pixel, colour[c], part)));
      }
    }
}

}  // namespace stsr
