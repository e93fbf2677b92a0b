#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stsr/io/safetensors.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

template <class T>
Tensor tensor(TensorType type, std::vector<std::size_t> shape, const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {type, std::move(shape), {bytes.begin(), bytes.end()}};
}

TensorFile example() {
  TensorFile content;
  content.tensors["mask"] = tensor<std::uint8_t>(TensorType::u8, {3}, {1, 2, 255});
  content.tensors["weights"] = tensor<float>(TensorType::f32, {2, 2}, {1.5F, -2.0F, 3e-30F, 4.0F});
  content.tensors["times"] = tensor<double>(TensorType::f64, {1}, {0.1});
  content.tensors["step"] = tensor<std::int64_t>(TensorType::i64, {}, {-7});
  content.tensors["empty"] = tensor<float>(TensorType::f32, {0, 4}, {});
  content.metadata = {{"format", "stsr"}, {"unit", "µm/s \"quoted\"\nline"}};
  return content;
}

/// A file of a header and `data` bytes; `length` replaces the header's true length.
std::string raw_file(const std::string& header, std::size_t data,
                     std::optional<std::uint64_t> length = std::nullopt) {
  const std::uint64_t n = length.value_or(header.size());
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>((n >> (8 * i)) & 0xFF);
  return text + header + std::string(data, '\0');
}

TEST(Safetensors, RoundTripsEveryType) {
  const TestFolder folder;
  write_safetensors(folder / "a.safetensors", example());
  const TensorFile back = read_safetensors(folder / "a.safetensors");
  EXPECT_EQ(back.metadata, example().metadata);
  ASSERT_EQ(back.tensors.size(), example().tensors.size());
  for (const auto& [name, expected] : example().tensors) {
    EXPECT_EQ(back.tensors.at(name).type, expected.type) << name;
    EXPECT_EQ(back.tensors.at(name).shape, expected.shape) << name;
    EXPECT_EQ(back.tensors.at(name).bytes, expected.bytes) << name;
  }
}

TEST(Safetensors, AlignsEveryTensorAndTellsWhereTheyLie) {
  const TestFolder folder;
  write_safetensors(folder / "a.safetensors", example());
  const TensorTable table = read_safetensors_table(folder / "a.safetensors");
  const std::string text = read_all(folder / "a.safetensors");
  const TensorFile content = example();
  EXPECT_EQ(table.metadata, example().metadata);
  for (const auto& [name, entry] : table.tensors) {
    EXPECT_EQ(entry.begin % element_size(entry.type), 0U) << name;
    const auto& bytes = content.tensors.at(name).bytes;
    ASSERT_EQ(entry.end - entry.begin, bytes.size());
    EXPECT_EQ(text.compare(entry.begin, bytes.size(), reinterpret_cast<const char*>(bytes.data()),
                           bytes.size()),
              0);
  }
}

TEST(Safetensors, ReadsAFileOfAnotherWriter) {
  const TestFolder folder;
  const auto path = folder.write(
      "a.safetensors",
      raw_file(R"({"b":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"},"__metadata__":{}} )", 8));
  EXPECT_THAT(read_safetensors(path).tensors.at("b").shape, ElementsAre(2U));
}

struct Hostile {
  const char* what;
  std::string file;
  const char* message;
};

std::string entry(const char* type, const char* shape, const char* offsets) {
  return fmt::format(R"({{"a":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})", type, shape,
                     offsets);
}

TEST(Safetensors, RefusesHostileFiles) {
  const TestFolder folder;
  const std::string good = entry("F32", "[2]", "[0,8]");
  const std::string two =
      R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],)";
  std::string not_utf8 = good;
  not_utf8[2] = '\xFF';
  const std::vector<Hostile> cases{
      {"empty", "", "at least 8"},
      {"only a length", raw_file("", 0), "no model of STSR"},
      {"length beyond the file", raw_file(good, 8, 5000), "header length 5000"},
      {"huge length", raw_file(good, 8, ~0ULL), "header length 18446744073709551615"},
      {"length over the limit", raw_file(good, 8, 100'000'001), "exceeds 100000000"},
      {"not JSON", raw_file("{\"a\": nonsense}", 8), "not valid JSON"},
      {"endless number",
       raw_file(R"({"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,8]}})", 8), "is damaged"},
      {"cut JSON", raw_file(good.substr(0, 20), 8), "not valid JSON"},
      {"not an object", raw_file("[1, 2]", 8), "no model of STSR"},
      {"not UTF-8", raw_file(not_utf8, 8), "not valid JSON"},
      {"deep", raw_file("{\"a\":" + std::string(100000, '['), 0), "nested too deeply"},
      {"duplicate name",
       raw_file(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)" + good.substr(1), 8),
       "names 'a' twice"},
      {"duplicate key", raw_file(R"({"a":{"dtype":"U8","dtype":"F32"}})", 0), "'dtype' twice"},
      {"unknown dtype", raw_file(entry("BF16", "[4]", "[0,8]"), 8), "dtype 'BF16'"},
      {"no dtype", raw_file(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8), "no dtype"},
      {"unknown key", raw_file(R"({"a":{"dtyp":"F32"}})", 0), "unknown key 'dtyp'"},
      {"entry is a number", raw_file(R"({"a":1})", 0), "not a JSON object"},
      {"truncated", raw_file(good, 7), "truncated"},
      {"trailing bytes", raw_file(good, 9), "1 bytes after the last tensor"},
      {"data without tensors", raw_file("{}", 3), "3 bytes after"},
      {"reversed offsets", raw_file(entry("F32", "[2]", "[8,0]"), 8), "bytes 8 to 0"},
      {"negative offset", raw_file(entry("F32", "[2]", "[-8,0]"), 8), "data_offsets"},
      {"fractional offset", raw_file(entry("F32", "[2]", "[0,8.5]"), 8), "data_offsets"},
      {"one offset", raw_file(entry("F32", "[2]", "[8]"), 8), "data_offsets"},
      {"negative shape", raw_file(entry("F32", "[-2]", "[0,8]"), 8), "no valid shape"},
      {"shape too large", raw_file(entry("F32", "[3]", "[0,8]"), 8), "needs 12 bytes"},
      {"overflow", raw_file(entry("F32", "[4294967296,4294967296,2]", "[0,8]"), 8), "does not fit"},
      {"overflow to 8", raw_file(entry("F32", "[4611686018427387906]", "[0,8]"), 8),
       "does not fit"},
      {"overlap", raw_file(two + R"("data_offsets":[2,6]}})", 6), "overlap"},
      {"hole", raw_file(two + R"("data_offsets":[5,9]}})", 9), "hole"},
      {"metadata no map", raw_file(R"({"__metadata__":[]})", 0), "not a JSON object"},
      {"metadata no string", raw_file(R"({"__metadata__":{"k":1}})", 0), "'k' is not a string"}};
  for (const Hostile& hostile : cases) {
    SCOPED_TRACE(hostile.what);
    const auto path = folder.write("h.safetensors", hostile.file);
    EXPECT_THAT(message_of([&] { (void)read_safetensors(path); }),
                AllOf(StartsWith(path.string()), HasSubstr(hostile.message)));
    EXPECT_THROW((void)read_safetensors_table(path), FileError);
  }
  EXPECT_NO_THROW((void)read_safetensors(folder.write("g.safetensors", raw_file(good, 8))));
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const TestFolder folder;
  write_safetensors(folder / "a.safetensors", example());
  const std::string whole = read_all(folder / "a.safetensors");
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_THROW((void)read_safetensors(folder.write("t", whole.substr(0, length))), FileError)
        << length;
}

TEST(Safetensors, RefusesMissingFilesAndFolders) {
  const TestFolder folder;
  EXPECT_THAT(message_of([&] { (void)read_safetensors(folder / "none"); }), HasSubstr("No such"));
  EXPECT_THAT(message_of([&] { (void)read_safetensors(folder.path()); }), HasSubstr("regular"));
}

TEST(Safetensors, RefusesContentThatCannotBeWritten) {
  const TestFolder folder;
  TensorFile wrong = example();
  wrong.tensors["weights"].shape = {5};
  EXPECT_THROW(write_safetensors(folder / "a", wrong), ShapeError);
  TensorFile bytes = example();
  bytes.metadata["k"] = "\xFF";
  EXPECT_THROW(write_safetensors(folder / "a", bytes), ValueError);
  TensorFile name = example();
  name.tensors["__metadata__"] = name.tensors["weights"];
  EXPECT_THROW(write_safetensors(folder / "a", name), ValueError);
  {
    const SmallFiles limit(100);
    EXPECT_THROW(write_safetensors(folder / "a", example()), FileError);
  }
  EXPECT_TRUE(folder.names().empty());
}

/// The script check_outputs.py reads this file with a parser of its own.
TEST(ForOtherReaders, Safetensors) {
  const TestFolder folder;
  const char* place = std::getenv("STSR_TEST_OUTPUT");
  const auto path =
      (place != nullptr ? std::filesystem::path(place) : folder.path()) / "example.safetensors";
  write_safetensors(path, example());
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace stsr
