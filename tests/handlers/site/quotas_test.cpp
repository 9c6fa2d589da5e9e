#include "handlers/site/quotas.hpp"

#include <gtest/gtest.h>

namespace nopassd::handlers::site {

using storage::Milliseconds;
using storage::TimePoint;

namespace {
constexpr TimePoint noon{Milliseconds{1767268800000}};
}

TEST(Quotas, CountDownAndThenRefuse) {
  Quotas quotas(2);
  EXPECT_EQ(quotas.take("uid:1", noon).remaining, 1U);
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  const auto third = quotas.take("uid:1", noon + Milliseconds(1500));
  EXPECT_FALSE(third.granted);
  EXPECT_EQ(third.remaining, 0U);
  EXPECT_EQ(third.limit, 2U);
  EXPECT_EQ(third.reset, 59);
}

TEST(Quotas, AreOfEachPrincipalAlone) {
  Quotas quotas(1);
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  EXPECT_TRUE(quotas.take("uid:2", noon).granted);
  EXPECT_FALSE(quotas.take("uid:1", noon).granted);
}

TEST(Quotas, TellWhetherTheyAreSpentWithoutCounting) {
  Quotas quotas(1);
  EXPECT_FALSE(quotas.spent("uid:1", noon)) << "nobody has been here";
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  EXPECT_TRUE(quotas.spent("uid:1", noon + Milliseconds(59'999)));
  EXPECT_FALSE(quotas.spent("uid:2", noon));
  EXPECT_FALSE(quotas.spent("uid:1", noon + Milliseconds(60'000)));
  EXPECT_TRUE(quotas.take("uid:1", noon + Milliseconds(60'000)).granted);
}

TEST(Quotas, BeginAnewAfterAMinute) {
  Quotas quotas(1);
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  EXPECT_FALSE(quotas.take("uid:1", noon + Milliseconds(59'999)).granted);
  EXPECT_TRUE(quotas.take("uid:1", noon + Milliseconds(60'000)).granted);
}

TEST(Quotas, SurviveAClockThatGoesBack) {
  Quotas quotas(1);
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  const auto standing = quotas.take("uid:1", noon - std::chrono::hours(1));
  EXPECT_TRUE(standing.granted);
  EXPECT_EQ(standing.reset, 60);
}

TEST(Quotas, TakeANewLimitInAMinuteThatHasBegun) {
  Quotas quotas(5);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(quotas.take("uid:1", noon).granted);
  quotas.set_per_minute(2);
  const auto refused = quotas.take("uid:1", noon);
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.limit, 2U);
  EXPECT_EQ(refused.remaining, 0U);
  quotas.set_per_minute(4);
  EXPECT_TRUE(quotas.take("uid:1", noon).granted);
}

TEST(Quotas, ForgetTheOldestMinuteWhenThereAreTooManyPrincipals) {
  Quotas quotas(1);
  EXPECT_TRUE(quotas.take("first", noon).granted);
  for (std::size_t i = 1; i < Quotas::most_principals; ++i) {
    EXPECT_TRUE(quotas.take("uid:" + std::to_string(i), noon + Milliseconds(1)).granted);
  }
  EXPECT_FALSE(quotas.take("first", noon + Milliseconds(2)).granted);
  EXPECT_TRUE(quotas.take("one too many", noon + Milliseconds(2)).granted);
  EXPECT_TRUE(quotas.take("first", noon + Milliseconds(3)).granted) << "its minute was forgotten";
  EXPECT_FALSE(quotas.take("one too many", noon + Milliseconds(3)).granted);
}

}  // namespace nopassd::handlers::site
