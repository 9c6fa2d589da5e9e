#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using handlers::site::Scope;

class SiteOperations : public SiteTest {};

TEST_F(SiteOperations, TellWhatABackupCameTo) {
  operations.made = {1536, storage::TimePoint{std::chrono::milliseconds(1'700'000'000'250)}};
  const auto reply = post("/v1/backup", R"({"name":"2026-11-25.db"})");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(
      body_of(reply),
      (json::object{
          {"type", "backup"}, {"id", "2026-11-25.db"}, {"bytes", 1536}, {"createdAt", "2023-11-14T22:13:20.250Z"}}));
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  EXPECT_EQ(operations.backups, std::vector<std::string>{"2026-11-25.db"});
}

TEST_F(SiteOperations, RefuseABackupThatExistsAndOneThatCannotBeWritten) {
  operations.refusal = handlers::BackupRefused{true, "a.db exists already"};
  EXPECT_TRUE(is_problem(post("/v1/backup", R"({"name":"a.db"})"), 409));
  operations.refusal = handlers::BackupRefused{false, "/b: no space; free some"};
  const auto reply = post("/v1/backup", R"({"name":"a.db"})");
  EXPECT_TRUE(is_problem(reply, 503));
  EXPECT_EQ(text_of(body_of(reply), "detail"), "/b: no space; free some");
}

TEST_F(SiteOperations, TakeOnlyPlainFileNames) {
  for (const char* name : {"a", "A.db", "0", "a-b_c.d", "a..b"}) {
    EXPECT_EQ(post("/v1/backup", json::serialize(json::object{{"name", name}})).status, 201) << name;
  }
  EXPECT_EQ(post("/v1/backup", json::serialize(json::object{{"name", std::string(100, 'a')}})).status, 201);
  const auto granted = operations.backups.size();
  const std::string too_long(101, 'a');
  for (const std::string name : {"", ".", "..", ".a", "-a", "_a", "a/b", "/a", "a\\b", "a b", "ä", too_long.c_str()}) {
    const auto reply = post("/v1/backup", json::serialize(json::object{{"name", name}}));
    EXPECT_TRUE(is_problem(reply, 422)) << name;
    EXPECT_EQ(pointers(reply), std::vector<std::string>{"/name"}) << name;
  }
  EXPECT_TRUE(is_problem(post("/v1/backup", "{}"), 422));
  EXPECT_EQ(pointers(post("/v1/backup", R"({"name":5,"path":"/"})")), (std::vector<std::string>{"/path", "/name"}));
  EXPECT_EQ(operations.backups.size(), granted);
}

TEST_F(SiteOperations, TellWhatAReloadChanged) {
  operations.reloaded = {{"callers.allow", "daemon.log_level"}, {"storage.url"}, {}};
  const auto reply = post("/v1/reload", "");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(body_of(reply), (json::object{{"type", "reload"},
                                          {"id", "reload"},
                                          {"changed", json::array{"callers.allow", "daemon.log_level"}},
                                          {"restart", json::array{"storage.url"}}}));
}

TEST_F(SiteOperations, TellEveryProblemOfAWrongConfiguration) {
  operations.reloaded.problems = {"a.toml:1: x: unknown table", "a.toml:3: daemon.name: is an integer"};
  const auto reply = post("/v1/reload", "{}");
  EXPECT_TRUE(is_problem(reply, 422));
  const auto errors = body_of(reply).at("errors").as_array();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(text_of(errors[0].as_object(), "detail"), "a.toml:1: x: unknown table");
  EXPECT_EQ(text_of(errors[1].as_object(), "detail"), "a.toml:3: daemon.name: is an integer");
  EXPECT_FALSE(errors[0].as_object().contains("source")) << "it is no fault of the request";
}

TEST_F(SiteOperations, ShowEachCheckWithItsAdvice) {
  using Status = handlers::Check::Status;
  operations.checks = {{"clock", Status::ok, "2026", ""},
                       {"disk_space", Status::warning, "low", "make room"},
                       {"hooks", Status::failing, "shop", "test it"}};
  const auto reply = get("/v1/diagnosis");
  EXPECT_EQ(reply.status, 200);
  const json::array checks{{{"name", "clock"}, {"status", "ok"}, {"detail", "2026"}},
                           {{"name", "disk_space"}, {"status", "warning"}, {"detail", "low"}, {"advice", "make room"}},
                           {{"name", "hooks"}, {"status", "failing"}, {"detail", "shop"}, {"advice", "test it"}}};
  EXPECT_EQ(body_of(reply), (json::object{{"type", "diagnosis"}, {"id", "diagnosis"}, {"checks", checks}}));
}

TEST_F(SiteOperations, AreForAdministratorsAlone) {
  peer.scopes.reset(static_cast<std::size_t>(Scope::admin));
  EXPECT_TRUE(is_problem(post("/v1/backup", R"({"name":"a"})"), 403));
  EXPECT_TRUE(is_problem(post("/v1/reload", ""), 403));
  EXPECT_TRUE(is_problem(get("/v1/diagnosis"), 403));
  EXPECT_TRUE(operations.backups.empty());
  EXPECT_EQ(operations.reloads, 0);
}

}  // namespace nopassd::testing
