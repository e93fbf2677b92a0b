#include "stsr/base/file_error.h"
#include "stsr/io/formats.h"
#include "vtk_image.h"

namespace stsr {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path) {
  throw_file_error(path,
                   "this build of STSR has no VTK and cannot use .vti or .pvd; build it with "
                   "-DSTSR_WITH_VTK=ON, or use raw files");
}

}  // namespace

bool vtk_available() {
  return false;
}

ImageInfo read_image_info(const std::filesystem::path& path, Association) {
  refuse(path);
}

std::vector<float> read_image_array(const std::filesystem::path& path, const ImageArray&,
                                    std::size_t, const ToFloat32&, const Grid&, Association) {
  refuse(path);
}

Packing packing_of_array(std::span<const std::filesystem::path> paths, const ImageArray&,
                         std::size_t, const std::optional<double>&, Association) {
  refuse(paths.front());
}

std::vector<SeriesEntry> read_series(const std::filesystem::path& path) {
  refuse(path);
}

void write_image(const std::filesystem::path&, const std::filesystem::path& path, const Grid&,
                 std::span<const NamedValues>, std::size_t) {
  refuse(path);
}

}  // namespace stsr
