#include "storage/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

namespace nopassd::storage {
namespace {

Random constant(std::uint8_t value) {
  return [value](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), value); };
}

TEST(MakeUuid, HasVersionFourAndTheUsualForm) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = make_uuid(system_random());
    EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second);
  }
  EXPECT_EQ(make_uuid(constant(0xff)), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(make_uuid(constant(0)), "00000000-0000-4000-8000-000000000000");
}

TEST(MakeToken, IsUnpaddedBase64Url) {
  EXPECT_EQ(make_token(constant(0xff), 3), "____");
  EXPECT_EQ(make_token(constant(0), 1), "AA");
  EXPECT_EQ(make_token(constant(0xfb), 2), "-_s");
  EXPECT_EQ(make_token(system_random()).size(), 43U);
  EXPECT_NE(make_token(system_random()), make_token(system_random()));
}

TEST(MakeSCode, AlwaysHasACapitalAndADigit) {
  const std::regex form("[A-Za-z0-9]+");
  for (std::size_t length : {2U, 3U, 8U, 32U, 64U}) {
    for (int i = 0; i < 200; ++i) {
      const std::string code = make_s_code(system_random(), length);
      EXPECT_EQ(code.size(), length);
      EXPECT_TRUE(std::regex_match(code, form)) << code;
      EXPECT_NE(code.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos) << code;
      EXPECT_NE(code.find_first_of("0123456789"), std::string::npos) << code;
    }
  }
}

TEST(MakeSCode, RefusesToBeTooShort) { EXPECT_THROW(make_s_code(system_random(), 1), std::invalid_argument); }

}  // namespace
}  // namespace nopassd::storage
