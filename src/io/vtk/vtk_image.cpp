#include "vtk_image.h"

#include <vtkDataSetAttributes.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "../description.h"
#include "../input_file.h"
#include "../packing_survey.h"
#include "../to_float32.h"
#include "../with_element_type.h"
#include "image_header.h"
#include "stored_array.h"
#include "stsr/base/file_error.h"
#include "stsr/base/text.h"
#include "stsr/io/formats.h"
#include "with_file_errors.h"

namespace stsr {

namespace {

/// Arrays by which VTK tells what samples are, which are no quantities themselves.
constexpr std::string_view ghost_types = "vtkGhostType";
constexpr std::string_view valid_mask = "vtkValidPointMask";
constexpr std::array marks{ghost_types, valid_mask, std::string_view("vtkGhostLevels"),
                           std::string_view("vtkOriginalPointIds"),
                           std::string_view("vtkOriginalCellIds")};

bool is_quantity(const ImageHeader& header, const std::string& name) {
  return std::find(marks.begin(), marks.end(), name) == marks.end() &&
         std::find(header.ids.begin(), header.ids.end(), name) == header.ids.end();
}

const StoredArray* find_array(const ImagePiece& piece, std::string_view name) {
  const auto found = std::find_if(piece.arrays.begin(), piece.arrays.end(),
                                  [&](const StoredArray& array) { return array.name == name; });
  return found == piece.arrays.end() ? nullptr : &*found;
}

/// One component of what lies in both a piece and the whole.
template <class T>
void copy_piece(std::span<const T> values, const Extent& piece, std::size_t component,
                std::size_t components, const Extent& whole, std::vector<T>& out) {
  const Extent both = overlap(piece, whole);
  const std::size_t run = both.dims().x;
  const auto index = [&](const Extent& in, std::int64_t y, std::int64_t z) {
    const Dims dims = in.dims();
    return (static_cast<std::size_t>(z - in.first[2]) * dims.y +
            static_cast<std::size_t>(y - in.first[1])) *
               dims.x +
           static_cast<std::size_t>(both.first[0] - in.first[0]);
  };
  for (std::int64_t z = both.first[2]; z <= both.last[2]; ++z)
    for (std::int64_t y = both.first[1]; y <= both.last[1]; ++y) {
      const T* from = values.data() + index(piece, y, z) * components + component;
      T* to = out.data() + index(whole, y, z);
      for (std::size_t i = 0; i < run; ++i) to[i] = from[i * components];
    }
}

/// One component of an array, which all pieces have, on the whole grid.
template <class T>
std::vector<T> read_component(const InputFile& file, const ImageHeader& header,
                              std::string_view name, std::size_t component) {
  std::vector<T> whole(header.grid.dims.count());
  for (const ImagePiece& piece : header.pieces) {
    const StoredArray& array = *find_array(piece, name);
    if (piece.extent == header.whole && array.components == 1) {
      read_stored<T>(file, header.layout, array, whole);
      continue;
    }
    std::vector<T> values(checked_product({piece.extent.dims().count(), array.components}));
    read_stored<T>(file, header.layout, array, values);
    copy_piece<T>(values, piece.extent, component, array.components, header.whole, whole);
  }
  return whole;
}

/// Sets `hidden` where a mark of the samples fits `hides`; makes it as long as the grid before.
template <class F>
void mark_hidden(const InputFile& file, const ImageHeader& header, std::string_view mark,
                 const F& hides, std::vector<bool>& hidden) {
  const StoredArray* array = find_array(header.pieces[0], mark);
  if (array == nullptr) return;
  if (array->components != 1)
    throw_file_error(file.path(), "array '{}' has {} components; it must have one", mark,
                     array->components);
  hidden.resize(header.grid.dims.count());
  with_element_type(array->type, [&](auto zero) {
    using T = decltype(zero);
    const std::vector<T> values = read_component<T>(file, header, mark, 0);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (hides(static_cast<double>(values[i]))) hidden[i] = true;
  });
}

/// The samples without values: true where hidden; empty where none is.
std::vector<bool> hidden_samples(const InputFile& file, const ImageHeader& header,
                                 Association association) {
  const bool points = association == Association::points;
  const auto bit = static_cast<unsigned>(points ? int{vtkDataSetAttributes::HIDDENPOINT}
                                                : int{vtkDataSetAttributes::HIDDENCELL});
  std::vector<bool> hidden;
  mark_hidden(
      file, header, ghost_types,
      [&](double type) {
        return type >= 0.0 && type < 256.0 && (static_cast<unsigned>(type) & bit) != 0;
      },
      hidden);
  if (points)
    mark_hidden(
        file, header, valid_mask, [](double valid) { return valid == 0.0; }, hidden);
  return hidden;
}

/// As float32, NaN where hidden or `missing`.
template <class T>
std::vector<float> as_float32(const InputFile& file, std::vector<T> values, const ToFloat32& how,
                              const std::vector<bool>& hidden) {
  // What is hidden may be infinite.
  for (std::size_t i = 0; i < hidden.size(); ++i)
    if (hidden[i]) values[i] = T{0};
  std::vector<float> converted;
  if constexpr (std::is_same_v<T, float>) {
    to_float32<T>(values, how, file.path(), values);
    converted = std::move(values);
  } else {
    converted.resize(values.size());
    to_float32<T>(values, how, file.path(), converted);
  }
  for (std::size_t i = 0; i < hidden.size(); ++i)
    if (hidden[i]) converted[i] = std::numeric_limits<float>::quiet_NaN();
  return converted;
}

std::vector<ImageArray> quantities(const ImageHeader& header) {
  std::vector<ImageArray> arrays;
  for (const StoredArray& array : header.pieces[0].arrays)
    if (is_quantity(header, array.name)) arrays.push_back({array.name, array.components});
  return arrays;
}

std::string hint(const std::vector<ImageArray>& arrays, const std::string& name) {
  std::vector<std::string> names;
  for (const ImageArray& array : arrays) names.push_back(array.name);
  return name_hint(name, names);
}

}  // namespace

bool vtk_available() {
  return true;
}

ImageInfo read_image_info(const std::filesystem::path& path, Association association) {
  return with_file_errors(path, [&] {
    const ImageHeader header = read_image_header(InputFile(path), association);
    ImageInfo info{header.grid, quantities(header)};
    if (info.arrays.empty())
      throw_file_error(path, "holds no quantities, but only marks and numbers of VTK ('{}')",
                       excerpt(header.pieces[0].arrays[0].name));
    return info;
  });
}

std::vector<float> read_image_array(const std::filesystem::path& path, const ImageArray& array,
                                    std::size_t component, const ToFloat32& how, const Grid& grid,
                                    Association association) {
  return with_file_errors(path, [&] {
    const InputFile file(path);
    const ImageHeader header = read_image_header(file, association);
    const StoredArray* found =
        is_quantity(header, array.name) ? find_array(header.pieces[0], array.name) : nullptr;
    if (found == nullptr)
      throw_file_error(path, "has no {} array '{}'{}",
                       association == Association::points ? "point" : "cell", array.name,
                       hint(quantities(header), array.name));
    if (found->components != array.components)
      throw_file_error(path, "array '{}' has {} components, other than the {} of its series",
                       array.name, found->components, array.components);
    if (!same_grid(grid, header.grid))
      throw_file_error(path,
                       "has a grid of {} x {} x {} samples, or its spacing or origin, other than "
                       "the {} x {} x {} of its series",
                       header.grid.dims.x, header.grid.dims.y, header.grid.dims.z, grid.dims.x,
                       grid.dims.y, grid.dims.z);
    const std::vector<bool> hidden = hidden_samples(file, header, association);
    return with_element_type(found->type, [&](auto zero) {
      using T = decltype(zero);
      return as_float32(file, read_component<T>(file, header, array.name, component), how, hidden);
    });
  });
}

Packing packing_of_array(std::span<const std::filesystem::path> paths, const ImageArray& array,
                         std::size_t component, const std::optional<double>& missing,
                         Association association) {
  const auto type_in = [&](const std::filesystem::path& path) {
    const ImageHeader header = read_image_header(InputFile(path), association);
    return find_array(header.pieces[0], array.name)->type;
  };
  return with_file_errors(paths.front(), [&] {
    const ElementType type = type_in(paths.front());
    return with_element_type(type, [&](auto zero) {
      using T = decltype(zero);
      PackingSurvey<T> survey;
      if constexpr (may_be_packed<T>)
        for (const std::filesystem::path& path : {paths.front(), paths.back()}) {
          const InputFile file(path);
          const ImageHeader header = read_image_header(file, association);
          const StoredArray* found = find_array(header.pieces[0], array.name);
          if (found == nullptr || found->type != type) continue;
          const std::vector<bool> hidden = hidden_samples(file, header, association);
          const std::vector<T> values = read_component<T>(file, header, array.name, component);
          for (std::size_t i = 0; i < values.size(); ++i)
            if (hidden.empty() || !hidden[i]) survey.add(std::span(&values[i], 1), missing);
        }
      return survey.packing();
    });
  });
}

}  // namespace stsr
