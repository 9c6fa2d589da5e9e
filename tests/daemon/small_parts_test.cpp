// The small parts of the daemon: body budget, clock watch, places, connections of browsers.
#include "daemon/body_budget.hpp"
#include "daemon/clock_watch.hpp"
#include "daemon/live_service.hpp"
#include "handlers/places.hpp"

#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

using namespace std::chrono_literals;
using storage::Milliseconds;

TEST(BodyBudget, GivesNoMoreThanThereIs) {
  BodyBudget budget(100);
  BodyBudget::Share first(budget);
  BodyBudget::Share second(budget);
  EXPECT_TRUE(first.grow_to(60));
  EXPECT_FALSE(second.grow_to(41));
  EXPECT_TRUE(second.grow_to(40));
  EXPECT_FALSE(first.grow_to(61));
}

TEST(BodyBudget, TakesBackWhatAConnectionHeld) {
  BodyBudget budget(100);
  {
    BodyBudget::Share gone(budget);
    EXPECT_TRUE(gone.grow_to(100));
  }
  BodyBudget::Share next(budget);
  EXPECT_TRUE(next.grow_to(100));
}

class Clocks : public testing::Test {
 protected:
  bool trusted(Milliseconds wall_offset, std::chrono::seconds passed) {
    now_ = start_ + passed;
    return watch_.trusted(storage::TimePoint(1'700'000'000'000ms) + passed + wall_offset, now_);
  }
  ClockWatch watch_;
  ClockWatch::Monotonic start_{10000s};
  ClockWatch::Monotonic now_{};
};

TEST_F(Clocks, ThatAgreeAreTrusted) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_TRUE(trusted(30min, 100s)) << "small corrections are";
}

TEST_F(Clocks, ThatJumpForwardAreDistrusted) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_FALSE(trusted(2h, 10s));
  EXPECT_FALSE(trusted(2h, 3000s));
}

TEST_F(Clocks, ThatJumpBackAreDistrusted) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_FALSE(trusted(-2h, 10s));
}

TEST_F(Clocks, AreTrustedAgainWhenTheJumpIsTakenBack) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_FALSE(trusted(2h, 10s));
  EXPECT_TRUE(trusted(0ms, 20s));
}

TEST_F(Clocks, AreTrustedAgainWhenTheJumpHasLastedAnHour) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_FALSE(trusted(48h, 10s));
  EXPECT_TRUE(trusted(48h, 3610s));
  EXPECT_TRUE(trusted(48h, 3700s));
}

TEST_F(Clocks, AnotherJumpBeginsTheProbationAnew) {
  EXPECT_TRUE(trusted(0ms, 0s));
  EXPECT_FALSE(trusted(48h, 10s));
  EXPECT_FALSE(trusted(96h, 3000s));
  EXPECT_FALSE(trusted(96h, 3700s));
  EXPECT_TRUE(trusted(96h, 6600s));
}

TEST(LiveConnections, LeaveFilesForCallbacksAndSite) {
  EXPECT_EQ(most_live_connections(1 << 20), 32768U);
  EXPECT_EQ(most_live_connections(20'000), 18'976U);
  EXPECT_EQ(most_live_connections(1024), 512U);
  EXPECT_EQ(most_live_connections(0), 0U);
}

TEST(Places, AreLimitedForEachOneAndGivenBack) {
  handlers::Places places(2);
  auto first = places.take("a");
  const auto second = places.take("a");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(places.take("a"));
  EXPECT_TRUE(places.take("b"));
  first.reset();
  EXPECT_TRUE(places.take("a"));
}

}  // namespace
}  // namespace nopassd::daemon
