#include "daemon/config_keys.hpp"

#include "tests/daemon/config_key_cases.hpp"
#include "tests/daemon/config_testing.hpp"

#include <algorithm>
#include <set>

namespace nopassd::daemon {
namespace {

using namespace testing;

class ConfigKey : public ::testing::TestWithParam<KeyCase> {};

TEST_P(ConfigKey, IsStoredWhenItIsRight) {
  const auto& some = GetParam();
  const auto config = config_of(document(some.key, some.good));
  EXPECT_TRUE(some.stored(config));
}

TEST_P(ConfigKey, IsRefusedWithItsLineAndAHintWhenItIsWrong) {
  const auto& some = GetParam();
  for (const auto* bad : some.bad) {
    const auto problems = problems_of(document(some.key, bad));
    ASSERT_FALSE(problems.empty()) << bad;
    EXPECT_THAT(problems, ::testing::Each(IsAt("test.toml:2", some.key))) << bad;
    EXPECT_FALSE(problems[0].what.empty()) << bad;
    EXPECT_FALSE(problems[0].hint.empty()) << bad;
  }
}

std::string name_of(const ::testing::TestParamInfo<KeyCase>& info) {
  std::string result = info.param.key;
  std::ranges::replace(result, '.', '_');
  return result;
}

INSTANTIATE_TEST_SUITE_P(Every, ConfigKey, ::testing::ValuesIn(all_key_cases()), name_of);

TEST(ConfigKeys, AreAllTestedHere) {
  std::set<std::string_view> tested, known;
  for (const auto& some : all_key_cases()) tested.insert(some.key);
  for (const auto& spec : config_keys()) known.insert(spec.key);
  EXPECT_EQ(tested, known);
  EXPECT_EQ(known.size(), config_keys().size());
}

TEST(ConfigKeys, BelongToTablesThatAreDescribed) {
  for (const auto& spec : config_keys()) {
    const bool described =
        std::ranges::any_of(config_tables(), [&](const auto& table) { return table.name == spec.table(); });
    EXPECT_TRUE(described) << spec.key;
    EXPECT_FALSE(range_of(spec).empty()) << spec.key;
    EXPECT_TRUE(spec.help.ends_with('.')) << spec.key;
  }
}

}  // namespace
}  // namespace nopassd::daemon
