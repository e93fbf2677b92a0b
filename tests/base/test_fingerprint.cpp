#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "stsr/base/fingerprint.h"

namespace stsr {
namespace {

std::string of(const std::vector<float>& values) {
  return Fingerprint().add(std::span(values)).text();
}

TEST(Fingerprint, IsTheSameForTheSameContent) {
  const std::vector<float> values{1.0F, -2.5F, 0.0F};
  EXPECT_EQ(of(values), of(values));
  EXPECT_EQ(of(values).size(), 16U);
  EXPECT_EQ(Fingerprint().add("a").add(2.0).text(), Fingerprint().add("a").add(2.0).text());
}

TEST(Fingerprint, EveryBitCounts) {
  std::set<std::string> all;
  std::vector<std::uint8_t> bytes(37, 0);  // no multiple of a word
  all.insert(Fingerprint().add(std::span<const std::uint8_t>(bytes)).text());
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    all.insert(Fingerprint().add(std::span<const std::uint8_t>(bytes)).text());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
  EXPECT_EQ(all.size(), 8 * bytes.size() + 1);
}

TEST(Fingerprint, SeesOrderLengthAndSigns) {
  // What simple sums and products of words miss.
  const std::set<std::string> all{of({1.0F, 2.0F, 3.0F, 4.0F}),
                                  of({3.0F, 4.0F, 1.0F, 2.0F}),
                                  of({2.0F, 1.0F, 4.0F, 3.0F}),
                                  of({-1.0F, -2.0F, -3.0F, -4.0F}),
                                  of({1.0F, -2.0F, 3.0F, -4.0F}),
                                  of({1.0F, 2.0F, 3.0F, 4.0F, 0.0F}),
                                  of({0.0F, 0.0F}),
                                  of({0.0F}),
                                  of({-0.0F}),
                                  of({})};
  EXPECT_EQ(all.size(), 10U);
  EXPECT_NE(Fingerprint().add("ab").add("c").text(), Fingerprint().add("a").add("bc").text());
}

}  // namespace
}  // namespace stsr
