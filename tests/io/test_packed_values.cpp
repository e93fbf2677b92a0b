// Values that float32 cannot tell apart or hold: read as differences from an offset, and written
// back.

#include <gmock/gmock.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <vector>

#include "stsr/base/warning.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::HasSubstr;

template <class T>
void write_values(const std::filesystem::path& path, const std::vector<T>& values) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
}

/// A data set of two steps of 4^3 values of this type; the values of the second are given, too.
template <class T>
std::unique_ptr<Dataset> dataset_of(const TestFolder& folder, const std::string& type,
                                    const std::vector<T>& first, const std::vector<T>& second,
                                    const std::string& keys = "") {
  write_values(folder / "v_0.raw", first);
  write_values(folder / "v_1.raw", second);
  return open_dataset(
      folder.write("d.toml", "stsr_dataset = 1\ndims = [4, 4, 4]\ntype = \"" + type + "\"\n" +
                                 keys + "[[variable]]\nname = \"v\"\nfiles = \"v_%d.raw\"\n"));
}

/// f(i) for i from 0 to 63.
template <class T, class F>
std::vector<T> filled(const F& f) {
  std::vector<T> values;
  for (int i = 0; i < 64; ++i) values.push_back(static_cast<T>(f(i)));
  return values;
}

/// The largest difference of what is read and what the file has, in long double.
template <class T>
double largest_error(const Dataset& data, std::size_t step, const std::vector<T>& values) {
  const Packing& packing = data.variables()[0].packing;
  const std::vector<float> read = data.read(0, step);
  long double error = 0.0L;
  for (std::size_t i = 0; i < values.size(); ++i)
    error = std::max(error, std::abs(static_cast<long double>(packing.offset) +
                                     static_cast<long double>(packing.scale) * read[i] -
                                     static_cast<long double>(values[i])));
  return static_cast<double>(error);
}

TEST(PackedValues, SmallVariationsKeepTheirDigits) {
  const TestFolder folder;
  for (const auto& [offset, variation] :
       {std::pair{1e6, 1e-3}, {-300.0, 1e-5}, {101325.0, 2.0}, {7e-200, 1e-205}, {0.0, 1e-200}}) {
    const auto wave = [&, o = offset, v = variation](int shift) {
      return filled<double>([&](int i) { return o + v * std::sin(0.3 * (i + shift)); });
    };
    const auto data = dataset_of(folder, "float64", wave(0), wave(9));
    for (const std::size_t step : {0U, 1U})
      EXPECT_LE(largest_error(*data, step, wave(step == 0 ? 0 : 9)),
                variation * 1e-7 + std::abs(offset) * 1e-15)
          << offset << " " << variation;
  }
}

TEST(PackedValues, LargeIntegersAreExact) {
  const TestFolder folder;
  const auto near_2_30 = filled<std::int32_t>([](int i) { return (1 << 30) + i % 51; });
  EXPECT_EQ(largest_error(*dataset_of(folder, "int32", near_2_30, near_2_30), 1, near_2_30), 0.0);
  const auto negative = filled<std::int64_t>([](std::int64_t i) { return -(1LL << 60) - i; });
  EXPECT_EQ(largest_error(*dataset_of(folder, "int64", negative, negative), 1, negative), 0.0);
  const auto large = filled<std::uint64_t>([](int i) { return ~std::uint64_t{0} - 50U + i % 51; });
  EXPECT_LE(largest_error(*dataset_of(folder, "uint64", large, large), 1, large), 0.0);
}

TEST(PackedValues, OrdinaryValuesAreAsTheyWere) {
  const TestFolder folder;
  const auto values = filled<double>([](int i) { return 1.5 * i - 20.0; });
  const auto data = dataset_of(folder, "float64", values, values);
  EXPECT_TRUE(data->variables()[0].packing.plain());
  EXPECT_EQ(data->read(0, 0)[3], -15.5F);
  const auto constant = filled<double>([](int) { return 0.1; });
  EXPECT_LE(largest_error(*dataset_of(folder, "float64", constant, constant), 0, constant), 1e-17);
}

TEST(PackedValues, FillValuesDoNotCount) {
  const TestFolder folder;
  const auto values = filled<double>([](int i) { return i % 7 == 0 ? -9999.0 : 1e6 + 1e-4 * i; });
  const auto data = dataset_of(folder, "float64", values, values, "missing = -9999\n");
  const std::vector<float> read = data->read(0, 0);
  const Packing& packing = data->variables()[0].packing;
  EXPECT_TRUE(std::isnan(read[7]));
  EXPECT_NEAR(packing.unpacked(read[50]), 1e6 + 1e-4 * 50, 1e-9);
}

TEST(PackedValues, AreWrittenAsFloat64OrWithAWarning) {
  const TestFolder folder;
  const auto values = filled<double>([](int i) { return 1e6 + 1e-3 * std::sin(0.3 * i); });
  const auto data = dataset_of(folder, "float64", values, values);
  std::string warnings;
  set_warning_handler([&](const std::string& text) { warnings += text; });
  for (const char* format : {"raw", "vti"}) {
    if (!format_named(format).missing_module().empty()) continue;
    for (const ElementType type : {ElementType::float64, ElementType::float32}) {
      const std::filesystem::path out = folder / (std::string(format) + std::string(name_of(type)));
      warnings.clear();
      const auto writer =
          create_dataset(out, data->variables(), format_named(format), {"", false, type});
      for (const std::size_t step : {0U, 1U}) writer->write(0, step, data->read(0, step));
      writer->close();
      const auto again = open_dataset(out);
      const bool exact = type == ElementType::float64;
      EXPECT_LE(largest_error(*again, 1, values), exact ? 1e-9 : 0.04) << format;
      EXPECT_THAT(warnings, exact ? HasSubstr("") : HasSubstr("--type float64")) << format;
      EXPECT_EQ(warnings.empty(), exact);
    }
  }
  set_warning_handler({});
}

}  // namespace
}  // namespace stsr
