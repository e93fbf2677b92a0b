#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/sampling/epoch_slice.h"

namespace stsr {
namespace {

using Row = std::pair<std::size_t, std::uint64_t>;

struct Drawn {
  RowGroup group;
  std::vector<std::uint64_t> rows;
};

/// One group, and its rows as the slice gives them.
Drawn draw(const RowPool& pool, std::uint64_t epoch, std::size_t index) {
  const EpochSlice slice(pool, epoch, index, 1);
  Drawn drawn{slice.group(0), {}};
  std::vector<TrainingRow> rows(pool.group_size());
  slice.rows(0, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].variable, drawn.group.variable);
    EXPECT_EQ(rows[i].row == TrainingRow::none, i >= drawn.group.count);
    if (i < drawn.group.count) drawn.rows.push_back(rows[i].row);
  }
  return drawn;
}

const std::vector<std::size_t> sizes{1000, 37, 1, 256};

TEST(RowPool, EpochOfPoolHoldsEveryRowOnceInAnotherOrder) {
  const RowPool pool(sizes, 32, RowOrder::pool, 5);
  EXPECT_EQ(pool.groups_per_epoch(), 32U + 2U + 1U + 8U);
  std::vector<std::vector<Row>> orders;
  for (const std::uint64_t epoch : {0U, 1U, 7U}) {
    std::set<Row> seen;
    std::vector<Row> order;
    for (std::size_t index = 0; index < pool.groups_per_epoch(); ++index) {
      const Drawn drawn = draw(pool, epoch, index);
      for (const std::uint64_t row : drawn.rows) {
        ASSERT_LT(row, sizes[drawn.group.variable]);
        EXPECT_TRUE(seen.insert({drawn.group.variable, row}).second);
        order.emplace_back(drawn.group.variable, row);
      }
    }
    EXPECT_EQ(seen.size(), 1294U);
    orders.push_back(order);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
}

TEST(RowPool, GroupIsAPureFunctionOfSeedEpochAndIndex) {
  for (const RowOrder order : {RowOrder::pool, RowOrder::balanced}) {
    const RowPool a(sizes, 8, order, 5);
    const RowPool b(sizes, 8, order, 5);
    const RowPool other(sizes, 8, order, 6);
    (void)draw(a, 0, 0);
    std::size_t different = 0;
    for (std::size_t index = a.groups_per_epoch(); index-- > 0;) {
      const Drawn drawn = draw(b, 3, index);
      EXPECT_EQ(draw(a, 3, index).rows, drawn.rows);
      EXPECT_EQ(draw(a, 3, index).group.variable, drawn.group.variable);
      different += draw(other, 3, index).rows != drawn.rows;
    }
    EXPECT_GT(different, a.groups_per_epoch() / 2);
  }
}

TEST(RowPool, BalancedGivesEveryVariableTheSameShareOfAnyRun) {
  const RowPool pool(sizes, 32, RowOrder::balanced, 5);
  ASSERT_EQ(pool.groups_per_epoch(), 43U);
  std::map<std::size_t, int> share;
  for (std::size_t total = 30; total < 30 + 4 * 25; ++total)
    ++share[draw(pool, total / 43, total % 43).group.variable];
  EXPECT_THAT(share, testing::UnorderedElementsAre(testing::Pair(0, 25), testing::Pair(1, 25),
                                                   testing::Pair(2, 25), testing::Pair(3, 25)));
}

TEST(RowPool, BalancedWalksWholePermutationsAcrossEpochs) {
  const RowPool pool(sizes, 32, RowOrder::balanced, 5);
  // 8 groups are a pass over variable 3; three passes in a row, each another order.
  std::vector<std::vector<std::uint64_t>> passes;
  std::vector<std::uint64_t> rows;
  for (std::size_t total = 3; passes.size() < 3; total += 4) {
    const Drawn drawn = draw(pool, total / 43, total % 43);
    ASSERT_EQ(drawn.group.variable, 3U);
    rows.insert(rows.end(), drawn.rows.begin(), drawn.rows.end());
    if (rows.size() < 256) continue;
    EXPECT_EQ(std::set<std::uint64_t>(rows.begin(), rows.end()).size(), 256U);
    passes.push_back(std::exchange(rows, {}));
  }
  EXPECT_NE(passes[0], passes[1]);
  EXPECT_NE(passes[1], passes[2]);
}

TEST(RowPool, GroupOfOneIsAPlainShuffleOverVariables) {
  const RowPool pool(std::vector<std::size_t>{500, 500}, 1, RowOrder::pool, 1);
  ASSERT_EQ(pool.groups_per_epoch(), 1000U);
  std::size_t in_first_half = 0;
  for (std::size_t index = 0; index < 500; ++index)
    in_first_half += draw(pool, 0, index).group.variable == 0;
  EXPECT_NEAR(static_cast<double>(in_first_half), 250.0, 5.0 * 7.9);  // hypergeometric sd
}

TEST(RowPool, ASliceIsItsGroupsOneByOne) {
  for (const RowOrder order : {RowOrder::pool, RowOrder::balanced})
    for (const std::uint64_t shuffle_rows : {0U, 200U})
      for (const std::size_t group : {1U, 8U, 100U}) {
        const RowPool pool(sizes, group, order, 5, shuffle_rows);
        const std::size_t count = pool.groups_per_epoch() - 1;
        const EpochSlice slice(pool, 2, 1, count);
        ASSERT_EQ(slice.groups(), count);
        std::vector<TrainingRow> rows(count * group);
        // In pieces that fit neither the groups nor the slice.
        for (std::size_t slot = 0; slot < rows.size(); slot += 67)
          slice.rows(slot,
                     std::span(rows).subspan(slot, std::min<std::size_t>(67, rows.size() - slot)));
        for (std::size_t i = 0; i < count; ++i) {
          const Drawn alone = draw(pool, 2, i + 1);
          for (std::size_t k = 0; k < group; ++k) {
            const TrainingRow expected{static_cast<std::uint32_t>(alone.group.variable),
                                       k < alone.rows.size() ? alone.rows[k] : TrainingRow::none};
            ASSERT_EQ(rows[i * group + k], expected) << i << " " << k;
          }
        }
      }
}

bool inside(const std::vector<RowRange>& ranges, std::uint64_t row) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const RowRange& range) {
    return row >= range.first && row < range.first + range.count;
  });
}

const std::vector<std::size_t> large{100'003, 20'000, 7};

TEST(RowPool, WindowsHoldEveryRowOnceOneAfterTheOther) {
  constexpr std::size_t shuffle_rows = 16384;  // chunks of 16 rows
  const RowPool pool(large, 8, RowOrder::pool, 3, shuffle_rows);
  std::set<Row> seen;
  std::vector<RowWindow> window(large.size());
  std::size_t changes = 0;
  std::size_t most_rows_in_ranges = 0;
  std::vector<std::vector<RowRange>> ranges(large.size());
  for (std::size_t index = 0; index < pool.groups_per_epoch(); ++index) {
    for (std::uint32_t v = 0; v < large.size(); ++v) {
      const RowWindow now = pool.window(v, 4, index);
      if (index > 0 && now == window[v]) continue;
      EXPECT_EQ(now, index == 0 ? (RowWindow{4, 0}) : pool.next(v, window[v]));
      window[v] = now;
      changes += v == 0;
      ranges[v] = pool.ranges(v, now);
      std::size_t rows = 0;
      for (const RowRange& range : ranges[v]) {
        EXPECT_LE(range.first + range.count, large[v]);
        rows += range.count;
      }
      if (v == 0) most_rows_in_ranges = std::max(most_rows_in_ranges, rows);
    }
    const Drawn drawn = draw(pool, 4, index);
    EXPECT_EQ(drawn.group.window, window[drawn.group.variable]);
    for (const std::uint64_t row : drawn.rows) {
      EXPECT_TRUE(inside(ranges[drawn.group.variable], row));
      EXPECT_TRUE(seen.insert({static_cast<std::size_t>(drawn.group.variable), row}).second);
    }
  }
  EXPECT_EQ(seen.size(), 100'003U + 20'000U + 7U);
  EXPECT_EQ(changes, 8U);  // 120010 rows in windows of at most 16384
  EXPECT_LE(most_rows_in_ranges, 100'003U / 8 + 8 + 2 * 16);
  EXPECT_EQ(pool.next(0, window[0]), (RowWindow{5, 0}));
}

TEST(RowPool, AWindowHasRowsOfEveryPartOfTheData) {
  const RowPool pool(large, 8, RowOrder::pool, 3, 16384);
  std::vector<int> count(16, 0);
  for (const RowRange& range : pool.ranges(0, {0, 2})) ++count[range.first * 16 / large[0]];
  for (const int chunks : count) EXPECT_NEAR(chunks, 781.0 / 16, 5 * std::sqrt(781.0 / 16));
}

TEST(RowPool, BalancedVariablesWalkWindowsOfTheirOwn) {
  const RowPool pool(large, 8, RowOrder::balanced, 3, 12288);
  std::vector<std::set<std::uint64_t>> first_pass(large.size());
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch)
    for (std::size_t index = 0; index < pool.groups_per_epoch(); ++index) {
      const Drawn drawn = draw(pool, epoch, index);
      EXPECT_EQ(drawn.group.window, pool.window(drawn.group.variable, epoch, index));
      if (drawn.group.window.pass > 0) continue;
      for (const std::uint64_t row : drawn.rows)
        EXPECT_TRUE(first_pass[drawn.group.variable].insert(row).second);
    }
  for (std::size_t v = 0; v < large.size(); ++v) EXPECT_EQ(first_pass[v].size(), large[v]);
}

TEST(RowPool, WindowsThatHoldEverythingAreNoWindows) {
  const RowPool all(sizes, 8, RowOrder::pool, 5);
  const RowPool wide(sizes, 8, RowOrder::pool, 5, 1294);
  for (std::size_t index = 0; index < all.groups_per_epoch(); ++index)
    EXPECT_EQ(draw(all, 1, index).rows, draw(wide, 1, index).rows);
  EXPECT_EQ(wide.ranges(0, {1, 0}).size(), 1U);
}

TEST(RowPool, WindowsSmallerThanAGroupWork) {
  const RowPool pool(sizes, 100, RowOrder::pool, 5, 1);
  std::size_t rows = 0;
  for (std::size_t index = 0; index < pool.groups_per_epoch(); ++index)
    rows += draw(pool, 0, index).rows.size();
  EXPECT_EQ(rows, 1294U);
}

TEST(RowPool, RefusesWhatItCannotDraw) {
  EXPECT_THROW(RowPool({}, 8, RowOrder::pool, 1), ValueError);
  EXPECT_THROW(RowPool(sizes, 0, RowOrder::pool, 1), ValueError);
  EXPECT_THROW(RowPool(std::vector<std::size_t>{4, 0}, 8, RowOrder::pool, 1), ValueError);
  const RowPool pool(sizes, 8, RowOrder::pool, 1);
  EXPECT_THROW(EpochSlice(pool, 0, pool.groups_per_epoch(), 1), ValueError);
  EXPECT_THROW(EpochSlice(pool, 0, 1, ~std::size_t{0}), ValueError);
}

}  // namespace
}  // namespace stsr
