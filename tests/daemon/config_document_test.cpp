// The shipped files are what the functions make of the table. NOPASSD_UPDATE_DOCS=1 writes them anew.
#include "daemon/config_keys.hpp"
#include "daemon/options.hpp"
#include "tests/daemon/config_testing.hpp"

#include <iterator>
#include <regex>

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string shipped(const std::string& name, const std::string& current) {
  const auto path = std::filesystem::path(NOPASSD_SOURCE_DIR) / name;
  if (std::getenv("NOPASSD_UPDATE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << current;
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The commented file with every "# key = value" made a key.
std::string uncommented() {
  return std::regex_replace(commented_config(), std::regex("(^|\n)# ([a-z_]+ = |\\[\\[)"), "$1$2");
}

TEST(ShippedConfig, IsMadeFromTheTable) {
  EXPECT_EQ(shipped("conf/nopassd.toml", commented_config()), commented_config());
}

TEST(ShippedConfig, IsValidAndSaysNothing) {
  const auto text = shipped("conf/nopassd.toml", commented_config());
  ASSERT_FALSE(text.empty());
  EXPECT_THAT(config_of(text).notes, IsEmpty());
  EXPECT_EQ(print_config(source_of(text)), print_config(source_of("")));
}

TEST(ShippedConfig, ShowsEveryKeyWithItsDefault) {
  for (const auto& spec : config_keys()) {
    if (spec.type == KeyType::clients) continue;
    EXPECT_THAT(commented_config(),
                HasSubstr("\n# " + std::string(spec.name()) + " = " + std::string(spec.fallback) + "\n"));
  }
}

TEST(ShippedConfig, MeansTheSameWithEveryKeyUncommented) {
  auto text = uncommented();
  EXPECT_THAT(text, HasSubstr("\n[[site.client]]\n"));
  // The example names a user whom this machine need not have.
  text = std::regex_replace(text, std::regex("user = \"www-data\""), "user = \"root\"");
  auto config = config_of(text);
  ASSERT_EQ(config.clients.size(), 1u);
  EXPECT_EQ(config.clients[0].scopes.count(), 4u);
  EXPECT_THAT(config.notes, IsEmpty());
}

TEST(ConfigDocumentation, IsMadeFromTheTable) {
  EXPECT_EQ(shipped("docs/configuration.md", config_documentation()), config_documentation());
}

TEST(ConfigDocumentation, HasEveryKeyAndEveryOption) {
  const auto text = config_documentation();
  for (const auto& spec : config_keys()) EXPECT_THAT(text, HasSubstr("\n| `" + std::string(spec.name()) + "` | "));
  for (const auto& table : config_tables()) EXPECT_THAT(text, HasSubstr("\n## `[" + std::string(table.name) + "]`\n"));
  const auto help = help_text();
  const std::regex option("--[a-z-]+");
  for (std::sregex_iterator found(help.begin(), help.end(), option), end; found != end; ++found) {
    EXPECT_THAT(text, HasSubstr(found->str()));
  }
}

}  // namespace
}  // namespace nopassd::daemon
