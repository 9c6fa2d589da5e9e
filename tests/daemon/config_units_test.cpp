#include "daemon/config_units.hpp"

#include <gtest/gtest.h>

namespace nopassd::daemon {
namespace {

TEST(Durations, AreAnIntegerAndAUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500);
  EXPECT_EQ(parse_duration("2s"), 2000);
  EXPECT_EQ(parse_duration("15m"), 900'000);
  EXPECT_EQ(parse_duration("24h"), 86'400'000);
  EXPECT_EQ(parse_duration("7d"), 604'800'000);
  EXPECT_EQ(parse_duration("0s"), 0);
}

TEST(Durations, RefuseEverythingElse) {
  for (const auto* text :
       {"", "s", "2", "2 s", " 2s", "2s ", "-2s", "+2s", "2.5s", "2S", "2sec", "2w", "0x2s", "1h30m"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Durations, DoNotOverflow) {
  EXPECT_EQ(parse_duration("9223372036854775807ms"), 9223372036854775807);
  EXPECT_EQ(parse_duration("9223372036854775808ms"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775807s"), std::nullopt);
  EXPECT_EQ(parse_duration("106751991168d"), std::nullopt);
  EXPECT_EQ(parse_duration("106751991167d"), 106751991167 * 86'400'000);
}

TEST(Sizes, AreBinaryOrBytes) {
  EXPECT_EQ(parse_size("512B"), 512);
  EXPECT_EQ(parse_size("16KiB"), 16384);
  EXPECT_EQ(parse_size("8MiB"), 8'388'608);
  EXPECT_EQ(parse_size("1GiB"), 1'073'741'824);
}

TEST(Sizes, RefuseEverythingElse) {
  for (const auto* text : {"", "1024", "64KB", "64kB", "64kib", "64K", "1 MiB", "-1B", "1.5MiB", "1TiB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_size("9223372036854775807KiB"), std::nullopt);
}

TEST(Units, AreWrittenInTheLargestThatFits) {
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(1500), "1500ms");
  EXPECT_EQ(format_duration(90'000), "90s");
  EXPECT_EQ(format_duration(86'400'000), "1d");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1000), "1000B");
  EXPECT_EQ(format_size(256 << 10), "256KiB");
}

}  // namespace
}  // namespace nopassd::daemon
