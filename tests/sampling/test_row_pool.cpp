#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/sampling/row_pool.h"

namespace stsr {
namespace {

using Row = std::pair<std::size_t, std::uint64_t>;

struct Drawn {
  RowGroup group;
  std::vector<std::uint64_t> rows;
};

Drawn draw(const RowPool& pool, std::uint64_t epoch, std::size_t index) {
  Drawn drawn;
  drawn.rows.resize(pool.group_size());
  drawn.group = pool.group(epoch, index, drawn.rows);
  drawn.rows.resize(drawn.group.count);
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

TEST(RowPool, RefusesWhatItCannotDraw) {
  EXPECT_THROW(RowPool({}, 8, RowOrder::pool, 1), ValueError);
  EXPECT_THROW(RowPool(sizes, 0, RowOrder::pool, 1), ValueError);
  EXPECT_THROW(RowPool(std::vector<std::size_t>{4, 0}, 8, RowOrder::pool, 1), ValueError);
  const RowPool pool(sizes, 8, RowOrder::pool, 1);
  std::vector<std::uint64_t> rows(8);
  EXPECT_THROW((void)pool.group(0, pool.groups_per_epoch(), rows), ValueError);
  rows.resize(7);
  EXPECT_THROW((void)pool.group(0, 0, rows), ShapeError);
}

}  // namespace
}  // namespace stsr
