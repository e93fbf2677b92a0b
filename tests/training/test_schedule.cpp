#include <gtest/gtest.h>

#include "stsr/base/error.h"
#include "stsr/training/schedule.h"

namespace stsr {
namespace {

TEST(Schedule, ConstantStaysAndCosineFalls) {
  EXPECT_EQ(rate_factor(ScheduleKind::constant, 0.1, 0.7), 1.0);
  EXPECT_DOUBLE_EQ(rate_factor(ScheduleKind::cosine, 0.1, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(rate_factor(ScheduleKind::cosine, 0.1, 0.5), 0.55);
  EXPECT_NEAR(rate_factor(ScheduleKind::cosine, 0.1, 1.0), 0.1, 1e-15);
  EXPECT_NEAR(rate_factor(ScheduleKind::cosine, 0.1, 1.5), 0.1, 1e-15);
}

TEST(Schedule, RefusesAFinalRateOutsideItsInterval) {
  EXPECT_THROW((void)rate_factor(ScheduleKind::cosine, -0.1, 0.0), ValueError);
  EXPECT_THROW((void)rate_factor(ScheduleKind::constant, 1.1, 0.0), ValueError);
}

}  // namespace
}  // namespace stsr
