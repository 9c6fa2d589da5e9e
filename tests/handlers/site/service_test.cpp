#include "handlers/site/endpoints.hpp"
#include "tests/handlers/site/site_fixture.hpp"

#include <algorithm>

namespace nopassd::testing {

using handlers::site::Scope;

class SiteService : public SiteTest {};

TEST_F(SiteService, ListsEveryEndpointWithItsMethodsAndScopes) {
  const auto body = body_of(get("/v1"));
  std::size_t methods = 0;
  std::vector<std::string> paths;
  for (const json::value& entry : body.at("data").as_array()) {
    paths.push_back(text_of(entry.as_object(), "path"));
    methods += entry.at("methods").as_array().size();
    if (paths.back() == "/v1/sessions") {
      EXPECT_EQ(entry.at("methods"), (json::array{"GET", "POST", "DELETE"}));
      EXPECT_EQ(entry.at("scopes"),
                (json::object{{"GET", "sessions:read"}, {"POST", "sessions:write"}, {"DELETE", "sessions:write"}}));
    }
  }
  EXPECT_EQ(methods, handlers::site::endpoints().size());
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end()), paths.end()) << "a path stands there twice";
  for (const char* path : {"/livez", "/readyz", "/v1/portal/registration", "/v1/events", "/v1/consumers/{name}/ack",
                           "/v1/sessions/{id}/picture", "/v1/registrations/{id}", "/v1/users/{id}"}) {
    EXPECT_TRUE(std::binary_search(paths.begin(), paths.end(), path)) << path;
  }
}

TEST_F(SiteService, ListsTheScopesThatOneHas) {
  grant({Scope::events_read, Scope::admin});
  EXPECT_EQ(body_of(get("/v1/scopes")).at("scopes"), (json::array{"events:read", "admin"}));
  peer.known = false;
  EXPECT_EQ(body_of(get("/v1/scopes")).at("scopes"), json::array{});
}

TEST_F(SiteService, TellsItsVersionAndSource) {
  const auto body = body_of(get("/v1/info"));
  EXPECT_EQ(text_of(body, "name"), "nopassd");
  EXPECT_EQ(text_of(body, "version"), "0.1.0");
  EXPECT_EQ(text_of(body, "source"), "/nopassd/main");
}

TEST_F(SiteService, AnswersNotModifiedWithoutABody) {
  const auto first = get("/v1/info");
  Ask again{"GET", "/v1/info", {}};
  again.if_none_match = header(first, "ETag");
  ASSERT_FALSE(again.if_none_match.empty());
  const auto second = call(again);
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
  EXPECT_TRUE(second.content_type.empty());
  EXPECT_EQ(header(second, "ETag"), again.if_none_match);
  EXPECT_FALSE(header(second, "X-Rate-Limit-Remaining").empty());
}

TEST_F(SiteService, IsLive) { EXPECT_EQ(get("/livez").status, 200); }

TEST_F(SiteService, IsReadyWhileTheStoreCommits) {
  const auto reply = get("/readyz");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(body_of(reply), (json::object{{"storage", "ok"}, {"portal", "unregistered"}, {"callers", "listed"}}));
  settings.callers_anybody = true;
  register_portal();
  EXPECT_EQ(body_of(get("/readyz")),
            (json::object{{"storage", "ok"}, {"portal", "registered"}, {"callers", "anybody"}}));
}

namespace {

/// A store whose disk can be full: every transaction is refused then.
class FullDisk : public storage::Store {
 public:
  explicit FullDisk(storage::Store& good) : good_(good) {}
  bool full = true;
  int attempts = 0;

  std::shared_ptr<const storage::Portal> portal_view() const override { return good_.portal_view(); }
  storage::TimePoint now() const override { return good_.now(); }
  storage::Digest digest(storage::SecretKind kind, std::string_view secret) const override {
    return good_.digest(kind, secret);
  }
  storage::StoreFigures figures() const override { return good_.figures(); }

 protected:
  void submit_write(std::function<bool(storage::Transaction&)>, storage::Terms, Done done) override {
    ++attempts;
    done(full ? storage::make_error_code(storage::errc::unavailable) : storage::error_code{});
  }
  void submit_read(std::function<void(storage::Snapshot&)>, storage::Lane, Done done) override {
    done(storage::make_error_code(storage::errc::unavailable));
  }

 private:
  storage::Store& good_;
};

}  // namespace

class SiteOnAFullDisk : public SiteTest {
 protected:
  handlers::Reply ask(std::string method, std::string target, std::string body = {}) {
    handlers::Request request;
    request.method = method;
    request.path = target;
    request.body = body;
    request.content_type = body.empty() ? "" : "application/json";
    const site::Services services{disk, hub, settings, random, readers, quotas, storage_check, metrics};
    FakeStream stream;
    return run_on(io, site::handle(services, peer, request, stream));
  }
  FullDisk disk{*store};
};

TEST_F(SiteOnAFullDisk, IsNotReady) {
  const auto reply = ask("GET", "/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(text_of(body_of(reply), "storage"), "failing");
}

TEST_F(SiteOnAFullDisk, StillTellsItsFigures) {
  const auto reply = ask("GET", "/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, ::testing::HasSubstr("nopassd_portal_state"));
  EXPECT_THAT(reply.body, ::testing::Not(::testing::HasSubstr("nopassd_event_log")));
}

TEST_F(SiteOnAFullDisk, ChecksTheDiskAtMostOnceASecond) {
  ask("GET", "/readyz");
  ask("GET", "/readyz");
  EXPECT_EQ(disk.attempts, 1);
  clock.advance(std::chrono::milliseconds(999));
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(disk.attempts, 1);
  clock.advance(std::chrono::milliseconds(1));
  ask("GET", "/readyz");
  EXPECT_EQ(disk.attempts, 2);
}

TEST_F(SiteOnAFullDisk, AnswersEveryWriteAndReadWithAProblem) {
  for (const char* path : {"/v1/sessions", "/v1/users", "/v1/events", "/v1/consumers", "/v1/registrations"}) {
    const auto reply = ask("GET", path);
    EXPECT_TRUE(is_problem(reply, 503)) << path;
    EXPECT_FALSE(header(reply, "Retry-After").empty()) << path;
  }
  EXPECT_TRUE(is_problem(ask("POST", "/v1/portal/registration"), 503));
  EXPECT_TRUE(is_problem(ask("PUT", "/v1/consumers/mail", "{}"), 503));
}

}  // namespace nopassd::testing
