#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using handlers::site::Scope;
using ::testing::AllOf;
using ::testing::ElementsAre;

TEST(SiteClients, AreUsersGroupsAndNumbersWithScopes) {
  const auto config = config_of(
      "[[site.client]]\nuid = 33\nscopes = [\"events:read\", \"admin\"]\n"
      "[[site.client]]\nuser = \"root\"\nscopes = [\"users:read\"]\n"
      "[[site.client]]\ngroup = \"root\"\nscopes = [\"portal:read\"]\n");
  ASSERT_EQ(config.clients.size(), 3u);
  EXPECT_EQ(config.clients[0].uid, 33u);
  EXPECT_TRUE(has(config.clients[0].scopes, Scope::events_read));
  EXPECT_TRUE(has(config.clients[0].scopes, Scope::admin));
  EXPECT_EQ(config.clients[0].scopes.count(), 2u);
  EXPECT_EQ(config.clients[1].user, "root");
  EXPECT_EQ(config.clients[1].uid, std::nullopt);
  EXPECT_EQ(config.clients[2].group, "root");
}

TEST(SiteClients, ComeAfterOtherKeysOfTheirTable) {
  const auto config = config_of("[site]\nmode = \"0600\"\n[[site.client]]\nuid = 1\nscopes = [\"admin\"]\n");
  EXPECT_EQ(config.site.mode, 0600u);
  EXPECT_EQ(config.clients.size(), 1u);
}

TEST(SiteClients, ComeThroughAnOverrideToo) {
  const auto config = config_of("", {"site.client=[{ uid = 7, scopes = [\"admin\"] }]"});
  ASSERT_EQ(config.clients.size(), 1u);
  EXPECT_EQ(config.clients[0].uid, 7u);
  EXPECT_THAT(problems_of("", {"site.client=[{ uid = 7, scopes = [\"adm\"] }]"}),
              ElementsAre(IsAt("--set site.client", "site.client.scopes")));
}

TEST(SiteClients, HaveExactlyOneIdentity) {
  EXPECT_THAT(problems_of("[[site.client]]\nscopes = [\"admin\"]\n"),
              ElementsAre(AllOf(IsAt("test.toml:1", "site.client"), Says("site.client", "no uid, user or group"))));
  EXPECT_THAT(problems_of("[[site.client]]\nuid = 1\nuser = \"root\"\nscopes = [\"admin\"]\n"),
              ElementsAre(Says("site.client", "more than one")));
}

TEST(SiteClients, HaveScopesThatExist) {
  EXPECT_THAT(problems_of("[[site.client]]\nuid = 1\n"), ElementsAre(Says("site.client", "no scopes")));
  EXPECT_THAT(problems_of("[[site.client]]\nuid = 1\nscopes = []\n"),
              ElementsAre(IsAt("test.toml:3", "site.client.scopes")));
  EXPECT_THAT(problems_of("[[site.client]]\nuid = 1\nscopes = [\"admin\",\n \"root\", 1]\n"),
              ElementsAre(AllOf(IsAt("test.toml:4", "site.client.scopes"), Says("site.client.scopes", "\"root\""),
                                Hints("site.client.scopes", "events:read")),
                          IsAt("test.toml:4", "site.client.scopes")));
}

TEST(SiteClients, AreKnownToThisMachine) {
  EXPECT_THAT(problems_of("[[site.client]]\nuser = \"no such user\"\nscopes = [\"admin\"]\n"),
              ElementsAre(AllOf(IsAt("test.toml:2", "site.client.user"), Says("site.client.user", "no user"))));
  EXPECT_THAT(problems_of("[[site.client]]\ngroup = \"no such group\"\nscopes = [\"admin\"]\n"),
              ElementsAre(Says("site.client.group", "no group")));
}

TEST(SiteClients, TakeNumbersOfUsersOnly) {
  for (const auto* uid : {"-1", "4294967295", "\"0\"", "1.0"}) {
    EXPECT_THAT(problems_of(std::string("[[site.client]]\nscopes = [\"admin\"]\nuid = ") + uid + "\n"),
                ElementsAre(IsAt("test.toml:3", "site.client.uid")))
        << uid;
  }
}

TEST(SiteClients, RefuseUnknownKeysWithTheirLine) {
  EXPECT_THAT(problems_of("[[site.client]]\nuid = 1\nscopes = [\"admin\"]\n"
                          "[[site.client]]\nuid = 2\nscope = [\"admin\"]\nscopes = [\"admin\"]\n"),
              ElementsAre(AllOf(IsAt("test.toml:6", "site.client.scope"), Says("site.client.scope", "unknown key"))));
}

}  // namespace
}  // namespace nopassd::daemon
