#include "daemon/config.hpp"
#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LoadConfig, TakesAnEmptyFileForTheDefaults) {
  const auto config = config_of("");
  const Config usual;
  EXPECT_EQ(config.listener.address, boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 8480));
  EXPECT_EQ(config.listener.max_connections, usual.listener.max_connections);
  EXPECT_EQ(config.listener.header_timeout, usual.listener.header_timeout);
  EXPECT_EQ(config.listener.body_timeout, usual.listener.body_timeout);
  EXPECT_EQ(config.listener.idle_timeout, usual.listener.idle_timeout);
  EXPECT_EQ(config.listener.max_buffered, usual.listener.max_buffered);
  EXPECT_EQ(config.listener.max_body_add_users, usual.listener.max_body_add_users);
  EXPECT_EQ(config.callers.allow.size(), 2u);
  EXPECT_EQ(config.callers.burst, usual.callers.burst);
  EXPECT_EQ(config.handlers.patience, usual.handlers.patience);
  EXPECT_EQ(config.handlers.session_lifetime, usual.handlers.session_lifetime);
  EXPECT_EQ(config.handlers.update_user, usual.handlers.update_user);
  EXPECT_EQ(config.handlers.validate_user_registration, usual.handlers.validate_user_registration);
  EXPECT_FALSE(config.handlers.fallback_allows);
  EXPECT_EQ(config.site.path, "/run/nopassd/site.sock");
  EXPECT_EQ(config.live.path, "/run/nopassd/live.sock");
  EXPECT_EQ(config.storage_path, "/var/lib/nopassd/nopassd.db");
  EXPECT_THAT(config.notes, IsEmpty());
}

TEST(LoadConfig, DerivesWhatIsNoKey) {
  const auto config = config_of("[daemon]\nname = \"east\"\n[events]\nkeep = \"2d\"\n");
  EXPECT_EQ(config.handlers.event_source, "/nopassd/east");
  EXPECT_EQ(config.retention.ended_records, std::chrono::hours(48));
  EXPECT_EQ(config.retention.sealed_token, std::chrono::hours(24 * 7));
  EXPECT_FALSE(config.handlers.version.empty());
}

TEST(LoadConfig, KeepsEndedRecordsForADayAtLeast) {
  EXPECT_EQ(config_of("events.keep = \"1s\"").retention.ended_records, std::chrono::hours(24));
}

TEST(LoadConfig, ReportsEveryProblemInTheOrderOfItsLine) {
  const auto problems = problems_of(
      "[listener]\n"
      "addres = \"127.0.0.1:1\"\n"
      "max_header = \"1B\"\n"
      "[daemon]\n"
      "log_level = 5\n"
      "[lisener]\n"
      "x = 1\n"
      "[callers]\n"
      "allow = [\"nobody\", 7]\n",
      {"daemon.nam=x", "events.keep=never"});
  EXPECT_THAT(problems, ElementsAre(IsAt("test.toml:2", "listener.addres"), IsAt("test.toml:3", "listener.max_header"),
                                    IsAt("test.toml:5", "daemon.log_level"), IsAt("test.toml:6", "lisener"),
                                    IsAt("test.toml:9", "callers.allow"), IsAt("test.toml:9", "callers.allow"),
                                    IsAt("--set daemon.nam", "daemon.nam"), IsAt("--set events.keep", "events.keep")));
}

TEST(LoadConfig, SaysWhereTheTomlIsBroken) {
  const auto problems = problems_of("[daemon]\nname = \"x\"\nlog_level = = \"info\"\n", {"daemon.nam=x"});
  EXPECT_THAT(problems, ElementsAre(AllOf(IsAt("test.toml:3", ""), Says("", "is not TOML")),
                                    IsAt("--set daemon.nam", "daemon.nam")));
}

TEST(LoadConfig, RefusesDuplicateKeysAndBrokenUtf8) {
  EXPECT_THAT(problems_of("[daemon]\nname = \"a\"\nname = \"b\"\n"), ElementsAre(Says("", "is not TOML")));
  EXPECT_THAT(problems_of("[daemon]\nname = \"\xff\"\n"), ElementsAre(Says("", "is not TOML")));
}

TEST(LoadConfig, RefusesControlCharactersAndVeryLongStrings) {
  EXPECT_THAT(problems_of("[site]\nsocket = \"/tmp/a\\u0000b\"\n"),
              ElementsAre(Says("site.socket", "control character")));
  EXPECT_THAT(problems_of("[storage]\nurl = \"sqlite:/" + std::string(5000, 'x') + "\"\n"),
              ElementsAre(Says("storage.url", "too long")));
}

TEST(LoadConfig, LimitsSocketPathsToWhatTheKernelTakes) {
  const auto path = [](std::size_t length) { return "/" + std::string(length - 1, 's'); };
  EXPECT_EQ(config_of("site.socket = \"" + path(107) + "\"").site.path.size(), 107u);
  EXPECT_THAT(problems_of("site.socket = \"" + path(108) + "\""), ElementsAre(Says("site.socket", "108 bytes")));
}

TEST(UnknownKeys, NameTheNearestOne) {
  EXPECT_THAT(problems_of("[listener]\nmax_headr = 1\n"),
              ElementsAre(Hints("listener.max_headr", "did you mean listener.max_header?")));
  EXPECT_THAT(problems_of("[listener]\nwindow = \"1m\"\n"),
              ElementsAre(Hints("listener.window", "did you mean registration.window?")));
  EXPECT_THAT(problems_of("[events]\nsomething_else = 1\n"),
              ElementsAre(Hints("events.something_else", "one of keep, keep_at_most, consumer_timeout")));
}

TEST(UnknownKeys, NameTheNearestTable) {
  EXPECT_THAT(problems_of("[caller]\nallow = []\n"), ElementsAre(Hints("caller", "did you mean [callers]?")));
  EXPECT_THAT(problems_of("[completely_different]\n"),
              ElementsAre(Hints("completely_different", "one of the tables daemon")));
  EXPECT_THAT(problems_of("name = \"x\"\n"), ElementsAre(Says("name", "unknown key")));
  EXPECT_THAT(problems_of("listener = 5\n"), ElementsAre(Says("listener", "is a table")));
  EXPECT_THAT(problems_of("[daemon.name]\nx = 1\n"), ElementsAre(Says("daemon.name", "is a table")));
}

TEST(Overrides, WinOverTheFileAndOverEarlierOnes) {
  const auto config = config_of("[daemon]\nname = \"file\"\n", {"daemon.name=first", "daemon.name = second"});
  EXPECT_EQ(config.name, "second");
}

TEST(Overrides, HideAWrongValueOfTheFile) {
  EXPECT_EQ(config_of("[daemon]\nname = \"\"\n", {"daemon.name=right"}).name, "right");
}

TEST(Overrides, TakeTomlAndUnquotedStrings) {
  const auto config = config_of(
      "", {"listener.address=[::1]:0", "listener.max_header=2048", "callers.allow=[\"::1\"]", "site.own_calls=true",
           "site.mode=0600", "daemon.name=42", "sessions.lifetime=7m", "listener.max_body=\"2KiB\"", "live.socket="});
  EXPECT_TRUE(config.listener.address.address().is_v6());
  EXPECT_EQ(config.listener.max_header, 2048u);
  EXPECT_EQ(config.listener.max_body, 2048u);
  EXPECT_EQ(config.callers.allow.size(), 1u);
  EXPECT_TRUE(config.handlers.own_calls);
  EXPECT_EQ(config.site.mode, 0600u);
  EXPECT_EQ(config.name, "42");
  EXPECT_EQ(config.handlers.session_lifetime, std::chrono::minutes(7));
  EXPECT_EQ(config.live.path, "");
}

TEST(Overrides, NeedAKeyAndAValue) {
  EXPECT_THAT(problems_of("", {"daemon.name"}),
              ElementsAre(AllOf(IsAt("--set daemon.name", "daemon.name"), Says("daemon.name", "has no value"))));
  EXPECT_THAT(problems_of("", {"=x"}), ElementsAre(Says("", "unknown key")));
  EXPECT_THAT(problems_of("", {"daemon=x"}), ElementsAre(Says("daemon", "unknown key")));
}

TEST(Overrides, BringNoFurtherKeysByALineBreak) {
  EXPECT_THAT(problems_of("", {"site.own_calls=true\nanybody = true"}),
              ElementsAre(Says("site.own_calls", "a string")));
}

}  // namespace
}  // namespace nopassd::daemon
