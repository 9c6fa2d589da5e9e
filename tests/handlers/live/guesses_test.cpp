#include "handlers/live/guesses.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nopassd::handlers::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class GuessLimit : public ::testing::Test {
 protected:
  int admitted_of(int guesses) {
    int admitted = 0;
    for (int i = 0; i < guesses; ++i) admitted += guesses_.admit(now) ? 1 : 0;
    return admitted;
  }
  Guesses::Moment now = Guesses::Moment{} + seconds(1000);
  std::vector<std::uint64_t> alarms;
  Guesses guesses_{[this](std::uint64_t count) { alarms.push_back(count); }};
};

TEST_F(GuessLimit, LetsABurstThroughAndThenTwentyASecond) {
  EXPECT_EQ(admitted_of(500), 200);
  now += seconds(1);
  EXPECT_EQ(admitted_of(500), 20);
  now += milliseconds(500);
  EXPECT_EQ(admitted_of(500), 10);
  now += seconds(3600);
  EXPECT_EQ(admitted_of(500), 200);
}

TEST_F(GuessLimit, AlarmsEveryTenSecondsWhileThereAreTooMany) {
  admitted_of(200);
  EXPECT_TRUE(alarms.empty());
  admitted_of(300);
  EXPECT_EQ(alarms, (std::vector<std::uint64_t>{201}));
  now += seconds(9);
  admitted_of(300);
  EXPECT_EQ(alarms.size(), 1U);
  now += seconds(1);
  admitted_of(100);
  EXPECT_EQ(alarms, (std::vector<std::uint64_t>{201, 299 + 300 + 21}));
}

TEST_F(GuessLimit, IsNotLiftedByAClockThatStandsStill) {
  admitted_of(200);
  EXPECT_EQ(admitted_of(1000), 0);
}

}  // namespace
}  // namespace nopassd::handlers::live
