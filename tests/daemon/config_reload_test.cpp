#include "daemon/config_reload.hpp"

#include "tests/daemon/config_testing.hpp"

namespace nopassd::daemon {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadedConfig loaded(std::string text, std::vector<std::string> sets = {}) {
  auto read = load_entries(source_of(std::move(text), std::move(sets)));
  if (auto* problems = std::get_if<std::vector<ConfigProblem>>(&read)) {
    for (const auto& problem : *problems) ADD_FAILURE() << problem.key << ' ' << problem.what;
    return {};
  }
  return std::get<LoadedConfig>(std::move(read));
}

NextConfig reloaded(const LoadedConfig& in_force, std::string text) {
  auto next = load_next(source_of(std::move(text)), in_force);
  if (auto* problems = std::get_if<std::vector<ConfigProblem>>(&next)) {
    for (const auto& problem : *problems) ADD_FAILURE() << problem.key << ' ' << problem.what;
    return {};
  }
  return std::get<NextConfig>(std::move(next));
}

std::vector<ConfigProblem> refused(const LoadedConfig& in_force, std::string text) {
  auto next = load_next(source_of(std::move(text)), in_force);
  const auto* problems = std::get_if<std::vector<ConfigProblem>>(&next);
  return problems == nullptr ? std::vector<ConfigProblem>{} : *problems;
}

TEST(LoadNext, NamesTheKeysWhoseValueDiffers) {
  const auto before = loaded("[sessions]\nlifetime = \"5m\"\n[policy]\ntimeout = \"5s\"\n");
  const auto next = reloaded(
      before, "[sessions]\nlifetime = \"300s\"\n[policy]\ntimeout = \"6s\"\n[daemon]\nlog_level = \"debug\"\n");
  EXPECT_THAT(next.changed, ElementsAre("daemon.log_level", "policy.timeout")) << "5m and 300s are the same";
  EXPECT_THAT(next.restart, IsEmpty());
  EXPECT_EQ(next.loaded.config.log_level, LogLevel::debug);
  EXPECT_EQ(next.loaded.config.handlers.question_timeout, Milliseconds(6000));
}

TEST(LoadNext, FindsNothingInTheSameText) {
  const std::string text = "[[site.client]]\nuid = 7\nscopes = [\"admin\"]\n";
  const auto next = reloaded(loaded(text), "\n\n" + text);
  EXPECT_THAT(next.changed, IsEmpty());
  EXPECT_THAT(next.restart, IsEmpty());
}

TEST(LoadNext, KeepsWhatNeedsARestartAsItIs) {
  const auto before = loaded("[storage]\nurl = \"sqlite:/tmp/a.db\"\n");
  const auto next = reloaded(
      before, "[storage]\nurl = \"sqlite:/tmp/b.db\"\nbackup_directory = \"/tmp/b\"\n[site]\nmode = \"0600\"\n");
  EXPECT_THAT(next.changed, ElementsAre("storage.backup_directory"));
  EXPECT_THAT(next.restart, ElementsAre("site.mode", "storage.url"));
  EXPECT_EQ(next.loaded.config.storage_path, "/tmp/a.db");
  EXPECT_EQ(next.loaded.config.site.mode, 0660U);
  EXPECT_EQ(next.loaded.config.backup_directory, "/tmp/b");
  const auto again = reloaded(next.loaded, "[storage]\nurl = \"sqlite:/tmp/b.db\"\nbackup_directory = \"/tmp/b\"\n");
  EXPECT_THAT(again.restart, ElementsAre("storage.url")) << "as long as it differs from what is in force";
  EXPECT_THAT(again.changed, IsEmpty());
}

TEST(LoadNext, SeesClientsComeAndGo) {
  const auto before = loaded("[[site.client]]\nuid = 7\nscopes = [\"admin\"]\n");
  const auto next = reloaded(before, "[[site.client]]\nuid = 7\nscopes = [\"events:read\"]\n");
  EXPECT_THAT(next.changed, ElementsAre("site.client"));
  ASSERT_EQ(next.loaded.config.clients.size(), 1U);
  EXPECT_EQ(next.loaded.config.clients[0].scopes.count(), 1U);
  EXPECT_THAT(reloaded(next.loaded, "").loaded.config.clients, IsEmpty());
}

TEST(LoadNext, SeesThatAFileBehindTheSamePathHasChanged) {
  const TemporaryFolder folder;
  const std::string text = "[registration]\nadmin_id_file = \"" + folder.write("id", "first\n") + "\"\n";
  const auto before = loaded(text);
  EXPECT_THAT(reloaded(before, text).changed, IsEmpty());
  folder.write("id", "second\n");
  const auto next = reloaded(before, text);
  EXPECT_THAT(next.changed, ElementsAre("registration.admin_id_file"));
  EXPECT_EQ(next.loaded.config.handlers.admin_id, "second");
}

TEST(LoadNext, TellsEveryProblem) {
  EXPECT_THAT(refused(loaded(""), "[daemon]\nname = 5\n[lisener]\nx = 1\n"),
              ElementsAre(IsAt("test.toml:2", "daemon.name"), IsAt("test.toml:3", "lisener")));
}

TEST(LoadNext, RefusesWhatIsWrongTogetherWithWhatMustStay) {
  // The hook would reach the daemon's own socket until the restart that moves it.
  const auto before = loaded("[site]\nsocket = \"/tmp/a.sock\"\n");
  const auto problems =
      refused(before, "[site]\nsocket = \"/tmp/b.sock\"\n[hooks]\ntargets = [\"unix:/tmp/a.sock\"]\n");
  EXPECT_THAT(problems,
              ElementsAre(AllOf(Says("hooks.targets", "own socket"), Says("hooks.targets", "site.socket would stay"),
                                Hints("hooks.targets", "restart"))));
}

}  // namespace
}  // namespace nopassd::daemon
