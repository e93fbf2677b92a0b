#include "stsr/base/error.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/png.h"
#include "stsr/rendering/renderer.h"

namespace stsr {

namespace {

[[noreturn]] void refuse() {
  throw ValueError(
      "this build of STSR has no VTK and cannot make pictures; build it with -DSTSR_WITH_VTK=ON");
}

}  // namespace

struct Renderer::State {};

Renderer::Renderer() {
  refuse();
}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Image Renderer::volume(const Grid&, std::span<const float>, const TransferFunction&, const View&,
                       const VolumeStyle&) {
  refuse();
}

Image Renderer::isosurface(const Grid&, std::span<const float>, double, Rgb, const View&) {
  refuse();
}

std::vector<std::uint8_t> png_bytes(const Image&) {
  refuse();
}

void write_png(const std::filesystem::path&, const Image&) {
  refuse();
}

Image read_png(const std::filesystem::path&) {
  refuse();
}

Image strip(const StripLayout&) {
  refuse();
}

}  // namespace stsr
