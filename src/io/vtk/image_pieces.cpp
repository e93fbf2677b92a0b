#include "image_pieces.h"

#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkInformationVector.h>
#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkPointData.h>
#include <vtkStreamingDemandDrivenPipeline.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "stsr/base/xml_text.h"

namespace stsr {

namespace {

using Pipeline = vtkStreamingDemandDrivenPipeline;

/// Bytes of mapped pages that reading may bring into memory before they are given back.
constexpr std::size_t max_mapped = std::size_t{32} << 20;
/// What the system brings in beyond what is read at one place (its fault-around).
constexpr std::size_t read_around = std::size_t{64} << 10;

/// The samples from first to last, ends included, of part `part` of `parts` along an axis.
struct Part {
  Part(std::size_t samples, std::size_t part, std::size_t parts)
      : first((samples - 1) * part / parts), last((samples - 1) * (part + 1) / parts) {}
  [[nodiscard]] std::size_t count() const { return last - first + 1; }
  std::size_t first;
  std::size_t last;
};

/// Copies the rows of a part of y and z, all of x.
void copy_rows(const StepValues& from, const Dims& dims, const Part& y, const Part& z, float* to) {
  const float* const values = from.values().data();
  const std::size_t run = y.count() * dims.x;  // lies in one piece in both
  std::size_t mapped = 0;
  for (std::size_t k = z.first; k <= z.last; ++k) {
    to = std::copy_n(values + (k * dims.y + y.first) * dims.x, run, to);
    mapped += run * sizeof(float) + read_around;
    if (mapped < max_mapped && k < z.last) continue;
    from.release_memory();
    mapped = 0;
  }
}

}  // namespace

vtkSmartPointer<vtkDataArray> unpacked_array(const NamedValues& array,
                                             std::span<const float> values) {
  const auto type = array.type == ElementType::float64 ? VTK_DOUBLE : VTK_FLOAT;
  const auto named = vtkSmartPointer<vtkDataArray>::Take(vtkDataArray::CreateDataArray(type));
  named->SetName(xml_escaped(array.name).c_str());  // VTK writes names as they are
  named->SetNumberOfTuples(static_cast<vtkIdType>(values.size()));
  unpacked(values, array,
           [&](auto all) { std::memcpy(named->GetVoidPointer(0), all.data(), all.size_bytes()); });
  return named;
}

std::array<std::size_t, 2> piece_counts(const Dims& dims, std::size_t max_samples) {
  const auto samples = [](std::size_t all, std::size_t parts) {
    return ceil_divide(all - 1, parts) + 1;  // of the largest part
  };
  std::array<std::size_t, 2> counts{1, 1};
  while (true) {
    const std::size_t y = samples(dims.y, counts[0]);
    const std::size_t z = samples(dims.z, counts[1]);
    if (y * z <= max_samples / dims.x || (y <= 2 && z <= 2)) return counts;
    ++counts[z >= y ? 1 : 0];
  }
}

vtkStandardNewMacro(ImagePieces);

void ImagePieces::describe(const Grid& grid, std::span<const NamedValues> arrays,
                           const std::array<std::size_t, 2>& counts) {
  grid_ = grid;
  arrays_ = arrays;
  counts_ = counts;
}

int ImagePieces::RequestInformation(vtkInformation* /*request*/, vtkInformationVector** /*in*/,
                                    vtkInformationVector* out) {
  vtkInformation* info = out->GetInformationObject(0);
  info->Set(Pipeline::WHOLE_EXTENT(), 0, static_cast<int>(grid_.dims.x - 1), 0,
            static_cast<int>(grid_.dims.y - 1), 0, static_cast<int>(grid_.dims.z - 1));
  info->Set(vtkDataObject::SPACING(), grid_.spacing.data(), 3);
  info->Set(vtkDataObject::ORIGIN(), grid_.origin.data(), 3);
  info->Set(CAN_HANDLE_PIECE_REQUEST(), 1);
  return 1;
}

int ImagePieces::RequestData(vtkInformation* /*request*/, vtkInformationVector** /*in*/,
                             vtkInformationVector* out) {
  const auto piece =
      static_cast<std::size_t>(out->GetInformationObject(0)->Get(Pipeline::UPDATE_PIECE_NUMBER()));
  const Part y(grid_.dims.y, piece % counts_[0], counts_[0]);
  const Part z(grid_.dims.z, piece / counts_[0], counts_[1]);
  vtkImageData* image = vtkImageData::GetData(out, 0);
  image->SetExtent(0, static_cast<int>(grid_.dims.x - 1), static_cast<int>(y.first),
                   static_cast<int>(y.last), static_cast<int>(z.first), static_cast<int>(z.last));
  image->SetSpacing(grid_.spacing.data());
  image->SetOrigin(grid_.origin.data());
  for (const NamedValues& array : arrays_) {
    std::vector<float> values(grid_.dims.x * y.count() * z.count());
    copy_rows(*array.values, grid_.dims, y, z, values.data());
    image->GetPointData()->AddArray(unpacked_array(array, values));
  }
  return 1;
}

}  // namespace stsr
