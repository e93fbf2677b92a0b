#include "file_signature.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "stsr/io/formats.h"

namespace stsr {

namespace {

using namespace std::string_view_literals;

/// Bytes that tell a kind of file.
struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view message;
};

// Formats of data, whose remedy is to convert them, and files that are mistaken for data.
constexpr std::string_view hdf5 =
    "is an HDF5 file (NetCDF-4 files are such), which STSR does not read; export its arrays as raw "
    "files (h5py, or h5dump -b) and describe them in a .toml, or convert it to .vti with ParaView";
constexpr std::string_view netcdf =
    "is a NetCDF file, which STSR does not read; convert it to .vti with ParaView, or export its "
    "arrays as raw files and describe them in a .toml";
constexpr std::string_view nrrd =
    "is an NRRD file, which STSR does not read; unpack it to raw (unu save -f nrrd -e raw) and "
    "describe that in a .toml with header_bytes, or convert it to .vti with ParaView";
constexpr std::string_view vtk_other =
    "is a VTK file but not image data on a uniform grid; convert it to .vti with ParaView "
    "(Resample To Image)";
constexpr std::string_view vtk_parallel =
    "is a VTK image in several files (.pvti), which STSR does not read; open it in ParaView and "
    "save "
    "it as .vti";
constexpr std::string_view picture = "is a picture (PNG, JPEG or GIF), not a data set";
constexpr std::string_view tiff =
    "is a TIFF picture, which STSR does not read; convert it to raw files and describe them in a "
    ".toml";
constexpr std::string_view packed =
    "is a compressed file (gzip, bzip2, xz or zstd); unpack it and open what is inside";
constexpr std::string_view zip =
    "is a zip archive (NumPy's .npz files are such); unpack it and describe the raw files inside "
    "in a .toml";
constexpr std::string_view npy =
    "is a NumPy array (.npy), which STSR does not open by itself; its values are raw behind a "
    "header: describe it in a .toml with header_bytes";
constexpr std::string_view meta_image =
    "is a MetaImage header, which STSR does not read; describe the raw file it names in a .toml";
constexpr std::string_view nifti =
    "is a NIfTI file, which STSR does not read; describe its values in a .toml with header_bytes, "
    "or convert it to .vti with ParaView";

constexpr std::string_view amira =
    "is an Amira mesh, which STSR does not read; describe its values in a .toml with header_bytes";
constexpr std::string_view torch =
    "is a file of PyTorch, not a model of STSR; stsr train makes models";

constexpr std::array signatures{
    // First: the two bytes of a short signature may be the length that such a file begins with.
    Signature{8, "{\"__metadata__\""sv,
              "is a model or a checkpoint (safetensors), not a data set; stsr upscale makes data "
              "sets from it"},
    Signature{0, "\x89HDF\r\n\x1a\n"sv, hdf5},
    Signature{512, "\x89HDF\r\n\x1a\n"sv, hdf5},
    Signature{1024, "\x89HDF\r\n\x1a\n"sv, hdf5},
    Signature{2048, "\x89HDF\r\n\x1a\n"sv, hdf5},
    Signature{0, "CDF\x01"sv, netcdf},
    Signature{0, "CDF\x02"sv, netcdf},
    Signature{0, "CDF\x05"sv, netcdf},
    Signature{0, "NRRD000"sv, nrrd},
    Signature{0, "# vtk DataFile Version"sv,
              "is a legacy VTK file, which STSR does not read; convert it to .vti with ParaView"},
    Signature{0, "\x93NUMPY"sv, npy},
    Signature{0, "ObjectType = Image"sv, meta_image},
    Signature{0, "NDims = "sv, meta_image},
    Signature{344, "n+1\0"sv, nifti},
    Signature{344, "ni1\0"sv, nifti},
    Signature{4, "n+2\0\r\n\x1a\n"sv, nifti},
    Signature{128, "DICM"sv,
              "is a DICOM file, which STSR does not read; convert it to .vti with ParaView"},
    Signature{
        0, "GRIB"sv,
        "is a GRIB file, which STSR does not read; export its fields as raw files and describe "
        "them in a .toml"},
    Signature{0, "MATLAB 5.0 MAT-file"sv,
              "is a MATLAB file, which STSR does not read; write its arrays as raw files (fwrite) "
              "and describe them in a .toml"},
    Signature{0, "\x89PNG\r\n\x1a\n"sv, picture},
    Signature{0, "\xff\xd8\xff"sv, picture},
    Signature{0, "GIF8"sv, picture},
    Signature{0, "II*\0"sv, tiff},
    Signature{0, "MM\0*"sv, tiff},
    Signature{0, "PK\x03\x04"sv, zip},
    Signature{0, "PK\x05\x06"sv, zip},
    Signature{0, "\x1f\x8b"sv, packed},
    Signature{0, "BZh"sv, packed},
    Signature{0,
              "\xfd"
              "7zXZ\0"sv,
              packed},
    Signature{0, "\x28\xb5\x2f\xfd"sv, packed},
    Signature{0, "\x80\x02\x8a\nl\xfc\x9c"sv, torch},  // before PyTorch 1.6
    Signature{0, " BDV\0\0\0\0"sv,
              "is an OpenVDB file, which STSR does not read; resample it to .vti"},
    Signature{0, "# AmiraMesh"sv, amira},
    Signature{0, "# Avizo"sv, amira},
    Signature{0, "#!TDV"sv,
              "is a Tecplot file, which STSR does not read; convert it to .vti with ParaView"},
    Signature{257, "ustar"sv, "is a tar archive; unpack it and open what is inside"},
    Signature{0, "%PDF-"sv, "is a PDF document, not a data set"},
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::vector<std::byte> first_bytes(const InputFile& file) {
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), recognition_bytes)));
  file.read(0, bytes);
  return bytes;
}

std::string foreign_file(std::span<const std::byte> first) {
  // PyTorch's files are zip archives whose first member tells.
  if (has_text_at(first, 0, "PK\x03\x04") &&
      text_of(first.first(std::min<std::size_t>(first.size(), 256))).find("/data.pkl") !=
          std::string_view::npos)
    return std::string(torch);
  for (const Signature& signature : signatures)
    if (has_text_at(first, signature.offset, signature.bytes))
      return std::string(signature.message);
  if (has_xml_root(first, "<Xdmf"))
    return "is an XDMF file, which STSR does not read; convert it to .vti with ParaView";
  if (has_xml_root(first, "<VTKFile", "type=\"PImageData\"")) return std::string(vtk_parallel);
  if (has_xml_root(first, "<VTKFile", "type=\"") &&
      !has_xml_root(first, "<VTKFile", "type=\"ImageData\"") &&
      !has_xml_root(first, "<VTKFile", "type=\"Collection\""))
    return std::string(vtk_other);
  return {};
}

bool has_text_at(std::span<const std::byte> bytes, std::size_t offset, std::string_view text) {
  return offset <= bytes.size() && text_of(bytes).substr(offset).starts_with(text);
}

bool has_xml_root(std::span<const std::byte> bytes, std::string_view tag,
                  std::string_view attribute) {
  std::string_view text = text_of(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  // Past white space, <?xml ...?>, <!-- ... --> and <!DOCTYPE ... [...]>, up to the first element.
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    std::string_view end;
    if (text.starts_with("<?"))
      end = "?>";
    else if (text.starts_with("<!--"))
      end = "-->";
    else if (text.starts_with("<!"))
      end = text.find('[') < text.find('>') ? "]>" : ">";
    else
      break;
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + end.size());
  }
  const std::string_view after = text.substr(std::min(tag.size(), text.size()));
  if (!text.starts_with(tag) || after.find_first_of(" \t\r\n>/") != 0) return false;
  std::string element(text.substr(0, text.find('>')));
  std::replace(element.begin(), element.end(), '\'', '"');
  return element.find(attribute) != std::string::npos;
}

}  // namespace stsr
