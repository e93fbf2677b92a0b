#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/test_folder.h"
#include "stsr/rendering/transfer_function.h"

namespace stsr {
namespace {

using testing::HasSubstr;

TEST(TransferFunction, PresetsAreWholeAndScale) {
  EXPECT_GE(transfer_function_presets().size(), 3U);
  for (const std::string& name : transfer_function_presets()) {
    const TransferFunction preset = transfer_function_preset(name);
    EXPECT_EQ(preset.over, TransferDomain::range);
    const TransferFunction scaled = preset.scaled_to(-2.0, 6.0);
    EXPECT_EQ(scaled.over, TransferDomain::values);
    EXPECT_DOUBLE_EQ(scaled.colours.front().x, -2.0) << name;
    EXPECT_DOUBLE_EQ(scaled.colours.back().x, 6.0) << name;
    EXPECT_DOUBLE_EQ(scaled.opacities.back().x, 6.0) << name;
    EXPECT_DOUBLE_EQ(scaled.scaled_to(0.0, 1.0).colours[1].x, preset.colours[1].x) << name;
  }
  EXPECT_THAT(message_of<ValueError>([] { (void)transfer_function_preset("virids"); }),
              HasSubstr("'viridis'"));
  EXPECT_THAT(
      message_of<ValueError>([] { (void)transfer_function_preset("viridis").scaled_to(1.0, 1.0); }),
      HasSubstr("lo < hi"));
}

constexpr const char* own = R"(stsr_transfer_function = 1
name = "speed"
space = "rgb"
over = "values"
colours = [
  0.0, 0.0, 0.0, 1.0,
  2.5, 1.0, 0.5, 0.0,
]
opacities = [0, 0, 2.5, 0.8]
)";

TEST(TransferFunction, ReadsItsOwnFiles) {
  const TransferFunction function = parse_transfer_function_toml(own, "f.toml");
  const TransferFunction expected{"speed",
                                  ColourSpace::rgb,
                                  TransferDomain::values,
                                  {{0.0, {0.0, 0.0, 1.0}}, {2.5, {1.0, 0.5, 0.0}}},
                                  {{0.0, 0.0}, {2.5, 0.8}}};
  EXPECT_EQ(function, expected);
  const TestFolder folder;
  EXPECT_EQ(read_transfer_function(folder.write("f.toml", own)), expected);
}

TEST(TransferFunction, RefusesMalformedFilesInOneLine) {
  const auto refused = [](const std::string& from, const std::string& to) {
    std::string text = own;
    text.replace(text.find(from), from.size(), to);
    return message_of([&] { (void)parse_transfer_function_toml(text, "f.toml"); });
  };
  EXPECT_THAT(refused("stsr_transfer_function = 1", ""), HasSubstr("is missing"));
  EXPECT_THAT(refused("function = 1", "function = 2"), HasSubstr("version 2"));
  EXPECT_THAT(refused("space =", "spaces ="), HasSubstr("f.toml:3: unknown key 'spaces'"));
  EXPECT_THAT(refused("\"rgb\"", "\"rgp\""), HasSubstr("f.toml:3"));
  EXPECT_THAT(refused("\"values\"", "\"data\""), HasSubstr("known: values, range"));
  EXPECT_THAT(refused("  2.5, 1.0,", "  2.5,"), HasSubstr("got 7"));
  EXPECT_THAT(refused("0.0, 0.0, 0.0, 1.0", "3.0, 0.0, 0.0, 1.0"), HasSubstr("ascending"));
  EXPECT_THAT(refused("0.8", "1.8"), HasSubstr("[0, 1]"));
  EXPECT_THAT(refused("[0, 0", "[nan, 0"), HasSubstr("finite"));
  EXPECT_THAT(refused("name = \"speed\"", "name = "), HasSubstr("f.toml:2"));
}

TEST(TransferFunction, ReadsParaViewsExports) {
  const TransferFunction function = parse_paraview_colour_map(R"([ {
    "ColorSpace" : "Diverging", "Name" : "Preset", "NanColor" : [ 1, 1, 0 ], "DefaultMap" : true,
    "RGBPoints" : [ -1, 0.2, 0.3, 0.7, 0.5, 0.9, 0.9, 0.9, 0.5, 0.8, 0.8, 0.8, 2, 0.7, 0, 0.1 ],
    "Points" : [ -1, 0, 0.5, 0, 2, 1, 0.25, 1 ] } ])",
                                                              "map.json");
  EXPECT_EQ(function.name, "Preset");
  EXPECT_EQ(function.space, ColourSpace::diverging);
  EXPECT_EQ(function.over, TransferDomain::values);
  ASSERT_EQ(function.colours.size(), 4U);
  EXPECT_EQ(function.colours[3], (ColourPoint{2.0, {0.7, 0.0, 0.1}}));
  EXPECT_EQ(function.opacities[1], (OpacityPoint{2.0, 1.0, 0.25, 1.0}));

  const auto with = [](const std::string& keys) {
    return parse_paraview_colour_map("{" + keys + ", \"RGBPoints\": [2,0,0,0, 5,1,1,1]}", "m.json");
  };
  for (const auto& [name, space] : {std::pair{"RGB", ColourSpace::rgb},
                                    {"HSV", ColourSpace::hsv},
                                    {"Lab", ColourSpace::lab},
                                    {"Lab/CIEDE2000", ColourSpace::lab_ciede2000},
                                    {"Step", ColourSpace::step}})
    EXPECT_EQ(with(std::string("\"ColorSpace\": \"") + name + "\"").space, space) << name;
  EXPECT_EQ(with(R"("ColorSpace": "HSV", "HSVWrap": 1)").space, ColourSpace::hsv_wrapped);
  // Without opacities, the default ones over the same values.
  const TransferFunction bare = with(R"("Name": "bare")");
  EXPECT_EQ(bare.opacities.front(), (OpacityPoint{2.0, 0.0}));
  EXPECT_DOUBLE_EQ(bare.opacities[1].x, 3.0);
  EXPECT_DOUBLE_EQ(bare.opacities.back().x, 5.0);
}

TEST(TransferFunction, RefusesOtherJson) {
  const auto refused = [](const std::string& text) {
    return message_of([&] { (void)parse_paraview_colour_map(text, "m.json"); });
  };
  EXPECT_THAT(refused("{"), HasSubstr("m.json: is not JSON"));
  // Numbers that are none, text that is no UTF-8, a list in a list in a list ...
  for (const std::string& damaged :
       {std::string("["), std::string(R"([{"RGBPoints": [1, 0, 0, 1e999]}])"),
        std::string("[{\"Name\": \"\xff\xfe\"}]"), std::string(100'000, '['),
        std::string(R"([{"RGBPoints": [1, 0, 0, )") + '\0', std::string()})
    EXPECT_THAT(refused(damaged), HasSubstr("m.json: is not JSON"));
  EXPECT_THAT(refused("[]"), HasSubstr("no colour map"));
  EXPECT_THAT(refused("3"), HasSubstr("no colour map"));
  EXPECT_THAT(refused("[{}, {}]"), HasSubstr("2 colour maps"));
  EXPECT_THAT(refused("[{}]"), HasSubstr("RGBPoints"));
  EXPECT_THAT(refused(R"([{"IndexedColors": [1, 0, 0]}])"), HasSubstr("categories"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [1, 0, 0]}])"), HasSubstr("4 a point"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [1, 0, 0, "x"]}])"), HasSubstr("numbers"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [1, 0, 0, 2]}])"), HasSubstr("[0, 1]"));
  EXPECT_THAT(refused(R"([{"RGBPoints": {"a": null}}])"), HasSubstr("4 a point"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [-1e308, 0, 0, 0, 1e308, 1, 1, 1]}])"),
              HasSubstr("far apart"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [1,0,0,1], "ColorSpace": ["RGB"]}])"),
              HasSubstr("'ColorSpace'"));
  EXPECT_THAT(refused(R"([{"RGBPoints": [1,0,0,1], "ColorSpace": "labb"}])"), HasSubstr("'Lab'"));
  EXPECT_THAT(message_of([] { (void)read_transfer_function("map.xml"); }), HasSubstr(".json"));
}

}  // namespace
}  // namespace stsr
