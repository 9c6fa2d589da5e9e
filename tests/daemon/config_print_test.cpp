#include "daemon/config_keys.hpp"
#include "daemon/config_text.hpp"
#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PrintConfig, ShowsEveryKeyInForce) {
  const auto printed = print_config(source_of("[daemon]\nname = \"east\"\n", {"listener.max_header=2048"}));
  for (const auto& spec : config_keys()) EXPECT_THAT(printed, HasSubstr("\n" + std::string(spec.name()) + " = "));
  EXPECT_THAT(printed, HasSubstr("name = \"east\""));
  EXPECT_THAT(printed, HasSubstr("max_header = 2048"));
  EXPECT_THAT(printed, HasSubstr("idle_timeout = \"75s\""));
}

TEST(PrintConfig, IsReadBackToTheSame) {
  const auto source = source_of(
      "[[site.client]]\nuid = 5\nscopes = [\"admin\", \"users:read\"]\n[[site.client]]\nuser = \"root\"\nscopes = "
      "[\"events:read\"]\n",
      {"site.socket=/tmp/a \"quoted\" \\ pläce", "callers.allow=[\"::1\", \"10.0.0.0/8\"]", "events.keep=9d",
       "site.own_calls=true", "live.socket=", "daemon.log_format=json"});
  const auto printed = print_config(source);
  const auto config = config_of(printed);
  EXPECT_EQ(print_config(source_of(printed)), printed);
  EXPECT_EQ(config.site.path, "/tmp/a \"quoted\" \\ pläce");
  EXPECT_EQ(config.callers.allow.size(), 2u);
  ASSERT_EQ(config.clients.size(), 2u);
  EXPECT_EQ(config.clients[0].scopes.count(), 2u);
  EXPECT_EQ(config.clients[1].user, "root");
  EXPECT_EQ(config.live.path, "");
  EXPECT_TRUE(config.log_json);
  EXPECT_EQ(config.retention.events, std::chrono::hours(9 * 24));
}

TEST(PrintConfig, MasksPasswords) {
  const auto printed = print_config(source_of("storage.url = \"postgresql://me:hunter2@db/nopassd\""));
  EXPECT_THAT(printed, HasSubstr("url = \"postgresql://me:***@db/nopassd\""));
  EXPECT_THAT(printed, Not(HasSubstr("hunter2")));
}

TEST(PrintConfig, ShowsTheNamesOfSecretFilesAndNotWhatTheyHold) {
  const TemporaryFolder folder;
  const auto file = folder.write("code", "Abcdefg1");
  const auto printed = print_config(source_of("", {"registration.s_code_file=" + file}));
  EXPECT_THAT(printed, HasSubstr("s_code_file = \"" + file + "\""));
  EXPECT_THAT(printed, Not(HasSubstr("Abcdefg1")));
}

TEST(MaskPassword, FindsItWhereverAUrlMayHaveIt) {
  EXPECT_EQ(mask_password("postgresql://u:p@h/d"), "postgresql://u:***@h/d");
  EXPECT_EQ(mask_password("postgresql://u:p@q:r@h:5432/d"), "postgresql://u:***@h:5432/d");
  EXPECT_EQ(mask_password("postgresql://h/d?user=u&password=p&x=y"), "postgresql://h/d?user=u&password=***&x=y");
  EXPECT_EQ(mask_password("postgresql://h/d?password=p"), "postgresql://h/d?password=***");
  EXPECT_EQ(mask_password("postgresql://u@h:5432/d"), "postgresql://u@h:5432/d");
  EXPECT_EQ(mask_password("https://h:8443/a:b@c"), "https://h:8443/a:b@c");
  EXPECT_EQ(mask_password("sqlite:/var/lib/a:b@c"), "sqlite:/var/lib/a:b@c");
}

}  // namespace
}  // namespace nopassd::daemon
