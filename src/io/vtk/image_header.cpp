#include "image_header.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "../description.h"
#include "../lower_case.h"
#include "image_xml.h"
#include "number_text.h"
#include "stsr/base/file_error.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// More components than that are no variables.
constexpr std::uint64_t most_components = 1000;
/// Directions that differ from the axes by no more are the axes.
constexpr double direction_tolerance = 1e-6;

/// The last bytes of a file, which must end as a .vti does: VTK's formats do not say their length.
std::string checked_end(const InputFile& file) {
  constexpr std::string_view end = "</VTKFile>";
  std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 4096)), '\0');
  file.read(file.size() - tail.size(), std::as_writable_bytes(std::span(tail)));
  if (!trimmed(tail).ends_with(end))
    throw_file_error(file.path(), "does not end with {}; it is truncated, or not a .vti", end);
  return tail;
}

Compressor compressor_of(const fs::path& path, vtkXMLDataElement& root) {
  if (root.GetAttribute("compressor") == nullptr) return Compressor::none;
  const std::string_view name = text_of(root, "compressor");
  if (name == "vtkZLibDataCompressor") return Compressor::zlib;
  if (name == "vtkLZ4DataCompressor") return Compressor::lz4;
  if (name == "vtkLZMADataCompressor") return Compressor::lzma;
  throw_file_error(path, "compressor=\"{}\" is unknown; STSR reads zlib, lz4 and lzma",
                   excerpt(name));
}

/// All DataArray elements below `element`.
void collect_arrays(vtkXMLDataElement& element, std::vector<vtkXMLDataElement*>& arrays) {
  for (int i = 0; i < element.GetNumberOfNestedElements(); ++i) {
    vtkXMLDataElement& child = *element.GetNestedElement(i);
    if (std::string_view("DataArray") == child.GetName()) arrays.push_back(&child);
    collect_arrays(child, arrays);
  }
}

/// Where the data of an array begin in the appended ones.
std::uint64_t appended_place(const fs::path& path, vtkXMLDataElement& element,
                             const DataLayout& layout) {
  const auto offset = numbers_of<std::uint64_t, 1>(path, element, "offset")[0];
  if (layout.appended_end <= layout.appended_begin ||
      offset >= layout.appended_end - layout.appended_begin)
    throw_file_error(path, "offset=\"{}\" of {} lies outside of the file's appended data", offset,
                     title_of(element));
  return layout.appended_begin + offset;
}

DataLayout layout_of(const InputFile& file, const XmlTree& tree, const std::string& tail) {
  const fs::path& path = file.path();
  DataLayout layout;
  // The parser refuses other words for these two.
  const std::string_view order = text_of(*tree.root, "byte_order");
  if (!order.empty()) layout.order = order == "BigEndian" ? std::endian::big : std::endian::little;
  layout.word = text_of(*tree.root, "header_type") == "UInt64" ? 8 : 4;
  layout.compressor = compressor_of(path, *tree.root);
  if (tree.appended == 0) return layout;
  const auto elements = children(*tree.root, "AppendedData");
  const std::string_view encoding =
      elements.empty() ? std::string_view() : text_of(*elements[0], "encoding");
  if (!encoding.empty() && encoding != "raw" && encoding != "base64")
    throw_file_error(path, "encoding=\"{}\" of AppendedData must be raw or base64",
                     excerpt(encoding));
  layout.base64 = encoding != "raw";
  layout.appended_begin = tree.appended;
  const std::size_t end = tail.rfind("</AppendedData");
  if (end == std::string::npos)
    throw_file_error(path, "has no </AppendedData> near its end; it is truncated");
  layout.appended_end = file.size() - tail.size() + end;
  std::vector<vtkXMLDataElement*> arrays;
  collect_arrays(*tree.root, arrays);
  for (vtkXMLDataElement* array : arrays)
    if (array->GetAttribute("offset") != nullptr)
      layout.appended_at.push_back(appended_place(path, *array, layout));
  std::sort(layout.appended_at.begin(), layout.appended_at.end());
  return layout;
}

Storage storage_of(const fs::path& path, vtkXMLDataElement& element) {
  const std::string_view format = text_of(element, "format");
  if (element.GetAttribute("offset") != nullptr || format == "appended") return Storage::appended;
  if (format == "binary") return Storage::inline_base64;
  if (format.empty() || format == "ascii") return Storage::ascii;
  throw_file_error(path, "format=\"{}\" of {} must be ascii, binary or appended", excerpt(format),
                   title_of(element));
}

std::optional<ElementType> type_of(const fs::path& path, vtkXMLDataElement& element) {
  const std::string type(text_of(element, "type"));
  if (type == "String" || type == "Bit") return std::nullopt;
  const auto known = element_type_named(lower_case(type));
  if (!known)
    throw_file_error(path, "type=\"{}\" of {} is unknown; e.g. Float32 is known", excerpt(type),
                     title_of(element));
  return known;
}

/// The numeric arrays of a PointData or CellData.
std::vector<StoredArray> arrays_of(const fs::path& path, vtkXMLDataElement* fields,
                                   const DataLayout& layout) {
  std::vector<StoredArray> arrays;
  if (fields == nullptr) return arrays;
  for (vtkXMLDataElement* element : children(*fields, "DataArray")) {
    const auto type = type_of(path, *element);
    if (!type) continue;
    StoredArray array;
    array.type = *type;
    array.name = text_of(*element, "Name");
    if (array.name.empty())
      throw_file_error(path, "array number {} of {} has no Name", arrays.size() + 1,
                       fields->GetName());
    const auto components =
        numbers_or<std::uint64_t, 1>(path, *element, "NumberOfComponents", {1})[0];
    if (components == 0 || components > most_components)
      throw_file_error(path, "NumberOfComponents=\"{}\" of {} must be from 1 to {}", components,
                       title_of(*element), most_components);
    array.components = static_cast<std::size_t>(components);
    array.storage = storage_of(path, *element);
    array.place = array.storage == Storage::appended
                      ? appended_place(path, *element, layout)
                      : static_cast<std::uint64_t>(element->GetXMLByteIndex());
    arrays.push_back(std::move(array));
  }
  return arrays;
}

Extent extent_of(const fs::path& path, vtkXMLDataElement& element, const char* attribute) {
  const auto ends = numbers_of<std::int32_t, 6>(path, element, attribute);
  return {{ends[0], ends[2], ends[4]}, {ends[1], ends[3], ends[5]}};
}

/// The cells between points; where all points lie in a plane, their cells do too.
Extent cells_of(Extent points, const Extent& whole_points) {
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (whole_points.last[axis] > whole_points.first[axis]) --points.last[axis];
  return points;
}

void check_direction(const fs::path& path, vtkXMLDataElement& image) {
  constexpr std::array<double, 9> identity{1, 0, 0, 0, 1, 0, 0, 0, 1};
  const auto direction = numbers_or<double, 9>(path, image, "Direction", identity);
  for (std::size_t i = 0; i < identity.size(); ++i)
    if (!(std::abs(direction[i] - identity[i]) <= direction_tolerance))
      throw_file_error(path, "has a rotated grid (Direction=\"{}\"); resample it to the axes",
                       excerpt(text_of(image, "Direction")));
}

/// The grid of the points or of the cells' centres.
Grid grid_of(const fs::path& path, vtkXMLDataElement& image, const Extent& points,
             const Extent& samples) {
  check_direction(path, image);
  const auto spacing = numbers_or<double, 3>(path, image, "Spacing", {1, 1, 1});
  const auto origin = numbers_or<double, 3>(path, image, "Origin", {0, 0, 0});
  Grid grid{samples.dims(), spacing, origin};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const bool flat = points.first[axis] == points.last[axis];
    // A single sample has no neighbour: some programs write spacing 0.
    if (flat && spacing[axis] == 0.0) grid.spacing[axis] = 1.0;
    const double shift = samples.last[axis] < points.last[axis] ? 0.5 : 0.0;
    grid.origin[axis] =
        origin[axis] + (static_cast<double>(points.first[axis]) + shift) * grid.spacing[axis];
  }
  if (const auto problem = grid_problem(grid); !problem.empty())
    throw_file_error(path, "{}", problem);
  return grid;
}

/// Bytes that so many values take at least in a file.
double least_bytes(const StoredArray& array, Compressor compressor, double values) {
  if (array.storage == Storage::ascii) return 2 * values - 1;  // a digit and a space
  const double bytes = values * static_cast<double>(bytes_of(array.type));
  switch (compressor) {  // nothing shrinks by more
    case Compressor::zlib:
      return bytes / 1100;
    case Compressor::lz4:
      return bytes / 300;
    case Compressor::lzma:
      return bytes / 1e4;
    default:
      return bytes;
  }
}

/// All pieces have the arrays of the first, and no more values than the file can hold.
void check_arrays(const InputFile& file, const ImageHeader& header) {
  const auto has = [&](std::size_t piece, const StoredArray& wanted, std::size_t other) {
    for (const StoredArray& array : header.pieces[piece].arrays) {
      if (array.name != wanted.name) continue;
      if (array.type == wanted.type && array.components == wanted.components) return;
      throw_file_error(file.path(),
                       "array '{}' has another type or number of components in piece "
                       "{} than in piece {}",
                       excerpt(wanted.name), piece, other);
    }
    throw_file_error(file.path(), "piece {} lacks the array '{}' of piece {}; write the file anew",
                     piece, excerpt(wanted.name), other);
  };
  for (std::size_t piece = 1; piece < header.pieces.size(); ++piece) {
    for (const StoredArray& array : header.pieces[0].arrays) has(piece, array, 0);
    for (const StoredArray& array : header.pieces[piece].arrays) has(0, array, piece);
  }
  for (std::size_t i = 0; i < header.pieces[0].arrays.size(); ++i) {
    const std::string& name = header.pieces[0].arrays[i].name;
    double bytes = 0.0;
    double values = 0.0;
    for (const ImagePiece& piece : header.pieces) {
      const auto array = std::find_if(piece.arrays.begin(), piece.arrays.end(),
                                      [&](const StoredArray& a) { return a.name == name; });
      double in_piece = static_cast<double>(array->components);
      for (std::size_t axis = 0; axis < 3; ++axis)
        in_piece *= static_cast<double>(piece.extent.dims()[axis]);
      values += in_piece;
      bytes += least_bytes(*array, header.layout.compressor, in_piece);
    }
    if (bytes > static_cast<double>(file.size()))
      throw_file_error(file.path(), "array '{}' promises {} values, more than {} bytes can hold",
                       excerpt(name), values, file.size());
  }
}

void check_pieces(const fs::path& path, const ImageHeader& header) {
  std::vector<Extent> extents;
  for (const ImagePiece& piece : header.pieces) extents.push_back(piece.extent);
  if (const auto missing = uncovered(header.whole, extents); missing > 0)
    throw_file_error(path,
                     "no piece has values for {} of the {} samples of WholeExtent; write the "
                     "file anew with all of its pieces",
                     missing, header.grid.dims.count());
}

/// Why there is nothing to read.
[[noreturn]] void refuse_without_arrays(const fs::path& path, Association association,
                                        const std::vector<StoredArray>& others,
                                        const Extent& points) {
  if (others.empty())
    throw_file_error(path, "holds no numeric {} array",
                     association == Association::points ? "point" : "cell");
  if (association == Association::cells)
    throw_file_error(path, "holds point data ('{}') but no cell data; leave 'association' out",
                     excerpt(others[0].name));
  const Dims cells = cells_of(points, points).dims();
  throw_file_error(
      path,
      "holds cell data ('{}', {} x {} x {} cells) but no point data; name it in a data "
      "set file (.toml) with association = \"cells\", or convert it with ParaView's "
      "filter Cell Data to Point Data",
      excerpt(others[0].name), cells.x, cells.y, cells.z);
}

vtkXMLDataElement& image_of(const fs::path& path, vtkXMLDataElement& root) {
  vtkXMLDataElement* image = root.FindNestedElementWithName("ImageData");
  if (std::string_view("VTKFile") != root.GetName() || text_of(root, "type") != "ImageData" ||
      image == nullptr)
    throw_file_error(path, "is not VTK image data (.vti)");
  if (trimmed(text_of(*image, "TimeValues")).find_first_of(" \t\r\n") != std::string_view::npos)
    throw_file_error(path,
                     "holds several time steps (TimeValues=\"{}\"); write one .vti for each "
                     "and a .pvd that names them",
                     excerpt(text_of(*image, "TimeValues")));
  return *image;
}

}  // namespace

ImageHeader read_image_header(const InputFile& file, Association association) {
  const fs::path& path = file.path();
  const std::string tail = checked_end(file);
  const XmlTree tree = parse_xml(file);
  vtkXMLDataElement& image = image_of(path, *tree.root);
  const bool of_points = association == Association::points;

  // The samples.
  const Extent points = extent_of(path, image, "WholeExtent");
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (points.last[axis] < points.first[axis])
      throw_file_error(path, "has no samples along {} (WholeExtent {} {})", "xyz"[axis],
                       points.first[axis], points.last[axis]);
  ImageHeader header;
  header.whole = of_points ? points : cells_of(points, points);
  header.grid = grid_of(path, image, points, header.whole);
  header.layout = layout_of(file, tree, tail);

  // The pieces that have some of them.
  std::vector<StoredArray> others;
  for (vtkXMLDataElement* element : children(image, "Piece")) {
    const Extent extent = extent_of(path, *element, "Extent");
    ImagePiece piece{of_points ? extent : cells_of(extent, points), {}};
    if (overlap(piece.extent, header.whole).empty()) continue;
    vtkXMLDataElement* point_data = element->FindNestedElementWithName("PointData");
    vtkXMLDataElement* cell_data = element->FindNestedElementWithName("CellData");
    vtkXMLDataElement* fields = of_points ? point_data : cell_data;
    piece.arrays = arrays_of(path, fields, header.layout);
    if (others.empty() && piece.arrays.empty())
      others = arrays_of(path, of_points ? cell_data : point_data, header.layout);
    for (const char* role : {"GlobalIds", "PedigreeIds"})
      if (fields != nullptr && fields->GetAttribute(role) != nullptr)
        header.ids.emplace_back(text_of(*fields, role));
    header.pieces.push_back(std::move(piece));
  }
  check_pieces(path, header);
  if (std::all_of(header.pieces.begin(), header.pieces.end(),
                  [](const ImagePiece& piece) { return piece.arrays.empty(); }))
    refuse_without_arrays(path, association, others, points);
  check_arrays(file, header);
  return header;
}

}  // namespace stsr
