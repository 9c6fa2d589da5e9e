#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<std::string> no_accepting = {"callers.anybody=true", "policy.update_user=deny",
                                               "policy.add_users=ask"};

TEST(PlainHttp, IsServedOnLoopbackOnly) {
  for (const auto* address : {"127.0.0.1:0", "127.9.9.9:80", "[::1]:65535"}) {
    EXPECT_THAT(problems_of("", {std::string("listener.address=") + address}), IsEmpty()) << address;
  }
  for (const auto* address : {"0.0.0.0:80", "[::]:80", "192.0.2.1:80", "[2001:db8::1]:80"}) {
    EXPECT_THAT(
        problems_of("", {std::string("listener.address=") + address}),
        ElementsAre(AllOf(Says("listener.address", "plain HTTP"), Hints("listener.address", "tls_certificate"))))
        << address;
  }
}

TEST(PlainHttp, IsNotBlamedWhenTheAddressOrTheCertificateIsWrongAlready) {
  EXPECT_THAT(problems_of("", {"listener.address=nowhere"}), ElementsAre(Says("listener.address", "not an address")));
  EXPECT_THAT(problems_of("", {"listener.address=0.0.0.0:1", "listener.tls_certificate=/no", "listener.tls_key=/no"}),
              ElementsAre(IsAbout("listener.tls_certificate"), IsAbout("listener.tls_key")));
}

TEST(Anybody, WithoutClientCertificatesAllowsNoAcceptPolicy) {
  EXPECT_THAT(problems_of("[callers]\nanybody = true\n"),
              ElementsAre(AllOf(IsAt("test.toml:2", "callers.anybody"),
                                Says("callers.anybody", "policy.update_user, policy.add_users"),
                                Hints("callers.anybody", "callers.client_ca"))));
  auto sets = no_accepting;
  EXPECT_THAT(problems_of("", sets), IsEmpty());
  sets.emplace_back("policy.validate_user_registration=accept");
  EXPECT_THAT(problems_of("", sets), ElementsAre(AllOf(Says("callers.anybody", "policy.validate_user_registration"),
                                                       Not(Says("callers.anybody", "policy.add_users")))));
}

TEST(Anybody, WithoutClientCertificatesAllowsNoAcceptingFallback) {
  auto sets = no_accepting;
  sets.emplace_back("policy.fallback=accept");
  EXPECT_THAT(problems_of("", sets), ElementsAre(Says("callers.anybody", "policy.fallback")));
}

TEST(Anybody, IsSaidAtEveryStart) {
  const auto config = config_of("", no_accepting);
  EXPECT_TRUE(config.handlers.callers_anybody);
  EXPECT_THAT(config.notes, ElementsAre(HasSubstr("callers.anybody")));
}

TEST(Callers, ThatAreNobodyAreSaidAtEveryStart) {
  EXPECT_THAT(config_of("callers.allow = []").notes, ElementsAre(HasSubstr("every callback is refused")));
}

TEST(Sockets, AreDifferentOnes) {
  EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "live.socket=/tmp/a"}),
              ElementsAre(Says("live.socket", "is site.socket too")));
  EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "live.socket=/tmp//b/../a"}), ElementsAre(IsAbout("live.socket")));
  EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "live.socket=/tmp/b"}), IsEmpty());
}

TEST(Hooks, NeverCallTheDaemonsOwnSockets) {
  const std::vector<std::string> own = {"[\"unix:/tmp/a\"]", "[\"unix:/tmp/a:/v1\"]", "[\"unix:/tmp/b\"]"};
  for (const auto& targets : own) {
    EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "live.socket=/tmp/b", "hooks.targets=" + targets}),
                ElementsAre(Says("hooks.targets", "own socket")))
        << targets;
  }
  EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "hooks.targets=[\"unix:/tmp/c\"]"}), IsEmpty());
  EXPECT_THAT(problems_of("", {"site.socket=/tmp/a", "hooks.targets=[\"unix:/tmp/./a\"]"}),
              ElementsAre(Says("hooks.targets", "not a usable URL")));
}

TEST(StorageUrl, OfPostgresIsNotForThisVersionAndNeverShowsItsPassword) {
  const auto problems = problems_of("storage.url = \"postgresql://me:hunter2@db/nopassd\"");
  ASSERT_THAT(problems, ElementsAre(AllOf(Says("storage.url", "SQLite only"), Hints("storage.url", "sqlite:/"))));
  EXPECT_THAT(problems[0].what + problems[0].hint, Not(HasSubstr("hunter2")));
}

TEST(NopassServer, MayBePlainOnThisMachineOnly) {
  for (const auto* url : {"http://127.0.0.1:8080", "http://[::1]", "http://localhost:1/", "https://console.example"}) {
    EXPECT_THAT(problems_of("", {std::string("nopass.server=") + url}), IsEmpty()) << url;
  }
  EXPECT_THAT(problems_of("", {"nopass.server=http://10.0.0.1"}), ElementsAre(Says("nopass.server", "plain http://")));
  EXPECT_THAT(problems_of("", {"nopass.server=http://localhost.example"}),
              ElementsAre(Says("nopass.server", "plain http://")));
}

}  // namespace
}  // namespace nopassd::daemon
