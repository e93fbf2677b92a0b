#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "html.h"

namespace stsr {
namespace {

using testing::HasSubstr;

TEST(Html, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(html_escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
}

// Test vectors of RFC 4648, section 10.
TEST(Html, ImagesAreBase64) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, code] : cases) {
    const std::span bytes(reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EXPECT_THAT(html_image(bytes, "x"), HasSubstr("base64," + code + "\"")) << text;
  }
}

TEST(Html, TablesMarkTheBest) {
  const Table table{"t", {"method", "PSNR"}, {{"a<b", "1.00"}, {"c", "-"}}, {{0, 1}}};
  EXPECT_THAT(html_table(table), HasSubstr("<td>a&lt;b</td><td><b>1.00</b></td>"));
  EXPECT_THAT(html_table(table), HasSubstr("<td>c</td><td>–</td>"));
}

TEST(Tables, CellsOfDurationsAndSizes) {
  EXPECT_EQ(duration_cell(2.0), "2 s");
  EXPECT_EQ(duration_cell(600.0), "10.0 min");
  EXPECT_EQ(duration_cell(7200.0), "2.00 h");
  EXPECT_EQ(size_cell(0), "-");
  EXPECT_EQ(size_cell(1'410'000), "1.41 MB");
}

}  // namespace
}  // namespace stsr
