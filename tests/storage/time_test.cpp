#include "storage/time.hpp"

#include <gtest/gtest.h>

namespace nopassd::storage {
namespace {

TEST(FormatTime, IsRfc3339InUtc) {
  EXPECT_EQ(format_time(TimePoint{Milliseconds{0}}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(TimePoint{Milliseconds{1585674917000}}), "2020-03-31T17:15:17Z");
  EXPECT_EQ(format_time(TimePoint{Milliseconds{1585674917250}}), "2020-03-31T17:15:17.250Z");
  EXPECT_EQ(format_time(TimePoint{Milliseconds{1585674917007}}), "2020-03-31T17:15:17.007Z");
  EXPECT_EQ(format_time(TimePoint{Milliseconds{951782400000}}), "2000-02-29T00:00:00Z");
  EXPECT_EQ(format_time(TimePoint{Milliseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace nopassd::storage
