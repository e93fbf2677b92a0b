#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>

#include "stsr/base/error.h"
#include "stsr/io/config_file.h"

namespace stsr {

enum class Colour { deep_red, blue };
template <>
struct EnumNames<Colour> {
  static constexpr std::array<EnumTable<Colour>, 2> values{
      {{Colour::deep_red, "deep-red"}, {Colour::blue, "blue"}}};
};

namespace {

using testing::HasSubstr;

struct Paint {
  Colour colour = Colour::blue;
  double thickness = 0.5;
  std::array<std::size_t, 3> split{1, 2, 3};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("colour", self.colour, "Which one.");
    field("thickness", self.thickness, "In millimetres.");
    field("split", self.split, "Along x, y, z.");
  }
  bool operator==(const Paint&) const = default;
};

struct House {
  bool open = false;
  std::uint64_t seed = 1;
  std::int8_t floors = 2;
  std::string name = "plain";

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("open", self.open, "Door.");
    field("seed", self.seed, "Garden.");
    field("floors", self.floors, "Above ground.");
    field("name", self.name, "On the door.");
  }
  bool operator==(const House&) const = default;
};

struct Street {
  std::size_t number = 7;
  Paint paint;
  House house;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("number", self.number, "Of the plot.");
    field("paint", self.paint, "The walls.");
    field("house", self.house, "The rest.");
  }
  bool operator==(const Street&) const = default;
};

struct Tree {
  std::string kind = "oak";
  std::optional<double> height = {};
  std::vector<std::string> birds = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("kind", self.kind, "Species.");
    field("height", self.height, "In metres.");
    field("birds", self.birds, "That live there.");
  }
  bool operator==(const Tree&) const = default;
};

struct Park {
  std::string name = "green";
  std::vector<Tree> tree = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("name", self.name, "On the gate.");
    field("tree", self.tree, "What grows there.");
  }
  bool operator==(const Park&) const = default;
};

std::string park_failure(std::string_view text) {
  Park park;
  try {
    read_config_text(text, "park.toml", park);
  } catch (const FileError& error) {
    EXPECT_EQ(park, Park{}) << "changed although it failed";
    return error.what();
  }
  return "no error";
}

std::string failure(std::string_view text) {
  Street street;
  try {
    read_config_text(text, "my.toml", street);
  } catch (const FileError& error) {
    EXPECT_EQ(street, Street{}) << "changed although it failed";
    return error.what();
  }
  return "no error";
}

std::string set_failure(std::string_view assignment) {
  Street street;
  try {
    set_config_value(street, assignment);
  } catch (const ValueError& error) {
    EXPECT_EQ(street, Street{}) << "changed although it failed";
    return error.what();
  }
  return "no error";
}

TEST(ConfigFile, SetsWhatTheTextHoldsAndKeepsTheRest) {
  Street street;
  read_config_text(
      "number = 9\n[paint]\ncolour = 'deep-red'\nthickness = 2\n"
      "[house]\nname = 'x'\nseed = 9223372036854775807\nfloors = -3\nopen = true\n",
      "my.toml", street);
  EXPECT_EQ(street.number, 9U);
  EXPECT_EQ(street.paint, (Paint{Colour::deep_red, 2.0, {1, 2, 3}}));
  EXPECT_EQ(street.house, (House{true, 9223372036854775807U, -3, "x"}));
}

TEST(ConfigFile, ReadsArraysOfTablesAndWritesThemBack) {
  Park park;
  read_config_text(
      "name = 'big'\n[[tree]]\nheight = 12\nbirds = ['owl', 'jay']\n[[tree]]\nkind = 'elm'\n",
      "park.toml", park);
  EXPECT_EQ(park, (Park{"big", {{"oak", 12.0, {"owl", "jay"}}, {"elm", {}, {}}}}));
  Park back;
  read_config_text(write_config(park), "resolved", back);
  EXPECT_EQ(back, park) << write_config(park);
  EXPECT_THAT(config_reference_markdown<Park>(),
              HasSubstr("## [[tree]]\n\nWhat grows there.\n\n| key | type | default | meaning |"));
  EXPECT_THAT(config_reference_markdown<Park>(),
              HasSubstr("| `height` | a number | none | In metres. |"));
}

TEST(ConfigFile, RefusesWrongArraysOfTables) {
  EXPECT_EQ(park_failure("[[tree]]\nkind = 'elm'\n[[tree]]\nkid = 1\n"),
            "park.toml:4: unknown key 'kid' in [tree]; did you mean 'kind'?");
  EXPECT_EQ(park_failure("[tree]\nkind = 'elm'\n"),
            "park.toml:1: 'tree' must be tables, each begun by [[tree]]");
  EXPECT_EQ(park_failure("tree = [1, 2]\n"),
            "park.toml:1: 'tree' must be tables, each begun by [[tree]]");
  EXPECT_EQ(park_failure("[[tree]]\nbirds = ['owl', 3]\n"),
            "park.toml:2: 'birds' must be text, got 3");
  EXPECT_EQ(park_failure("[[tree]]\nheight = 'tall'\n"),
            "park.toml:2: 'height' must be a number, got \"tall\"");
}

TEST(ConfigFile, WrittenTextReadsBackToTheSameBits) {
  Street street;
  street.paint = {Colour::deep_red, 0.1 + 0.2, {9, 8, 7}};
  street.house.name = "a \"quoted\" \\ name\nover\ttwo lines";
  for (const double thickness : {0.1 + 0.2, 1e-5, 1.0, -1e300, 5e-324, 1.0 / 3.0}) {
    street.paint.thickness = thickness;
    Street back;
    read_config_text(write_config(street), "resolved", back);
    EXPECT_EQ(back, street) << write_config(street);
  }
  EXPECT_THAT(write_config(street), HasSubstr("# In millimetres.\nthickness = "));
}

TEST(ConfigFile, RefusesToWriteAnIntegerThatTomlCannotHold) {
  Street street;
  street.house.seed = std::uint64_t{1} << 63U;
  EXPECT_THROW((void)write_config(street), ValueError);
}

TEST(ConfigFile, UnknownNamesAreRefusedWithLineAndNearestName) {
  EXPECT_EQ(failure("[paint]\n\nthicknes = 1\n"),
            "my.toml:3: unknown key 'thicknes' in [paint]; did you mean 'thickness'?");
  EXPECT_EQ(failure("[paint]\nwindow = 1\n"),
            "my.toml:2: unknown key 'window' in [paint]; known: colour, thickness, split");
  EXPECT_EQ(failure("\n[pain]\n"), "my.toml:2: unknown section [pain]; did you mean 'paint'?");
  EXPECT_EQ(failure("numbr = 3"), "my.toml:1: unknown key 'numbr'; did you mean 'number'?");
  EXPECT_EQ(failure("[paint]\ncolour = \"deepred\"\n"),
            "my.toml:2: 'colour' cannot be 'deepred'; did you mean 'deep-red'?");
  EXPECT_THAT(failure("[paint.inner]\nx = 1\n"), HasSubstr("unknown section [inner]"));
}

TEST(ConfigFile, WrongTypesAreRefusedWithLine) {
  EXPECT_EQ(failure("number = 'many'"),
            "my.toml:1: 'number' must be an integer of at least 0, got \"many\"");
  EXPECT_EQ(failure("number = -1"), "my.toml:1: 'number' must be an integer of at least 0, got -1");
  EXPECT_EQ(failure("number = 1.0"),
            "my.toml:1: 'number' must be an integer of at least 0, got 1.0");
  EXPECT_EQ(failure("[house]\nfloors = 200"), "my.toml:2: 'floors' must be an integer, got 200");
  EXPECT_EQ(failure("[house]\nopen = 1"), "my.toml:2: 'open' must be true or false, got 1");
  EXPECT_EQ(failure("[paint]\nthickness = true"),
            "my.toml:2: 'thickness' must be a number, got true");
  EXPECT_EQ(failure("[paint]\nthickness = nan"), "my.toml:2: 'thickness' must be a finite number");
  EXPECT_THAT(failure("[paint]\nsplit = [1, 2]"), HasSubstr("list of 3"));
  EXPECT_THAT(failure("[paint]\nsplit = [1, 2, -3]"), HasSubstr("'split' must be"));
  EXPECT_THAT(failure("[paint]\ncolour = 1979-05-27"), HasSubstr("my.toml:2: 'colour' must be"));
  EXPECT_THAT(failure("paint = 3"), HasSubstr("my.toml:1:"));
  EXPECT_THAT(failure("number = {x = 1}"), HasSubstr("'number' must be"));
}

TEST(ConfigFile, TextThatIsNotTomlIsRefusedWithLine) {
  EXPECT_THAT(failure("number = 3\n[paint\n"), HasSubstr("my.toml:2: not TOML"));
  EXPECT_THAT(failure("number = 3\nnumber = 4\n"), HasSubstr("my.toml:2: not TOML"));
  EXPECT_THAT(failure("[house]\nseed = 18446744073709551615\n"), HasSubstr("my.toml:2: not TOML"));
}

TEST(ConfigFile, ReadsOneSectionOfALongerText) {
  const std::string text = "[other]\nx = 1\n[paint]\nthickness = 4.5\n";
  Paint paint;
  read_config_section(text, "m", "paint", paint);
  EXPECT_EQ(paint.thickness, 4.5);
  EXPECT_THROW(read_config_section(text, "m", "house", paint), FileError);
  EXPECT_THROW(read_config_section(text, "m", "other", paint), FileError);
}

TEST(ConfigFile, SetsOneFieldFromAnAssignment) {
  Street street;
  set_config_value(street, "paint.colour=deep-red");
  set_config_value(street, "paint.split=[4,5,6]");
  set_config_value(street, "house.name=two words");
  set_config_value(street, "number=3");
  EXPECT_EQ(street.paint, (Paint{Colour::deep_red, 0.5, {4, 5, 6}}));
  EXPECT_EQ(street.house.name, "two words");
  EXPECT_EQ(street.number, 3U);
  EXPECT_EQ(set_failure("paint.thicknes=1"),
            "paint.thicknes=1: unknown key 'thicknes' in [paint]; did you mean 'thickness'?");
  EXPECT_THAT(set_failure("paint.thickness=fat"), HasSubstr("must be a number"));
  EXPECT_THAT(set_failure("paint.thickness"), HasSubstr("section.key=value"));
  EXPECT_THAT(set_failure("=3"), HasSubstr("section.key=value"));
}

TEST(ConfigFile, ReadsFiles) {
  const auto path = std::filesystem::path(testing::TempDir()) / "config_file_test.toml";
  std::ofstream(path) << "[house]\nname = 'y'\n";
  Street base;
  base.number = 12;
  const Street street = read_config(path, base);
  EXPECT_EQ(street.number, 12U);
  EXPECT_EQ(street.house.name, "y");
  std::filesystem::remove(path);
  EXPECT_THROW((void)read_config<Street>(path), FileError);
  EXPECT_THROW((void)read_config<Street>(testing::TempDir()), FileError);
}

TEST(ConfigFile, ReferencePageHoldsEveryField) {
  const std::string page = config_reference_markdown<Street>();
  EXPECT_THAT(page, HasSubstr("## [paint]\n\nThe walls.\n"));
  EXPECT_THAT(page, HasSubstr("| `colour` | \"deep-red\" or \"blue\" | `\"blue\"` | Which one. |"));
  EXPECT_THAT(page,
              HasSubstr("| `split` | a list of 3, each an integer of at least 0 | `[1, 2, 3]` |"));
  EXPECT_THAT(page, HasSubstr("| `number` |"));
}

}  // namespace
}  // namespace stsr
