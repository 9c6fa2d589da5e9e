#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using storage::SessionState;

class SiteSessions : public SiteTest {
 protected:
  /// Adds a session in `state` that expires in six minutes, with a picture when it is pending.
  std::string add_session(SessionState state, std::string user_id = "", std::string external_id = "") {
    const int number = ++count_;
    const auto digest = store->digest(storage::SecretKind::auth_id, std::to_string(number));
    return transact([=](storage::Transaction& transaction) {
      storage::Session session;
      session.id = transaction.new_id();
      session.auth_id = digest;
      session.user_id = user_id.empty() ? session.id : user_id;
      session.external_id = external_id;
      session.login = session.login_key = "ada";
      session.state = state;
      session.started_at = transaction.now();
      session.expires_at = transaction.now() + std::chrono::minutes(6);
      transaction.add_session(session);
      const auto next = transaction.now() + std::chrono::seconds(30);
      if (state == SessionState::pending) transaction.show_picture(session.id, "\x89PNG...", next);
      return session.id;
    });
  }
  std::string state_of(const std::string& id) { return text_of(body_of(get("/v1/sessions/" + id)), "state"); }

 private:
  int count_ = 0;
};

TEST_F(SiteSessions, AreShownWithoutPersonalData) {
  const auto user = add_user("ada", "ext-1");
  const auto id = add_session(SessionState::pending, user, "ext-1");
  const auto body = body_of(get("/v1/sessions/" + id));
  EXPECT_EQ(body, (json::object{{"type", "session"},
                                {"id", id},
                                {"userId", user},
                                {"externalId", "ext-1"},
                                {"state", "pending"},
                                {"startedBy", "site"},
                                {"startedAt", "2026-01-01T00:00:00Z"},
                                {"expiresAt", "2026-01-01T00:06:00Z"},
                                {"pictureVersion", 1},
                                {"nextChangeAt", "2026-01-01T00:00:30Z"}}));
}

TEST_F(SiteSessions, TellTheReasonOfADenial) {
  const auto id = add_session(SessionState::denied);
  transact([id](storage::Transaction& transaction) {
    auto session = transaction.session(id).value();
    session.reason = "it was not me";
    session.decided_at = session.ended_at = transaction.now();
    transaction.update_session(session);
    return true;
  });
  const auto body = body_of(get("/v1/sessions/" + id));
  EXPECT_EQ(text_of(body, "reason"), "it was not me");
  EXPECT_EQ(text_of(body, "decidedAt"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(text_of(body, "endedAt"), "2026-01-01T00:00:00Z");
}

TEST_F(SiteSessions, ExpireByThemselves) {
  const auto id = add_session(SessionState::pending);
  clock.advance(std::chrono::minutes(6));
  EXPECT_EQ(state_of(id), "expired");
  EXPECT_TRUE(is_problem(get("/v1/sessions/" + id + "/picture"), 404));
  EXPECT_EQ(body_of(get("/v1/sessions?state=expired")).at("pagination").at("total"), 1);
  EXPECT_EQ(body_of(get("/v1/sessions?state=pending")).at("pagination").at("total"), 0);
}

TEST_F(SiteSessions, AreUnknownUnderOtherIds) {
  for (const char* id : {"6ba7b810-9dad-41d1-80b4-00c04fd430c8", "1", "' OR 1=1", "%00", "%2e%2e"}) {
    EXPECT_TRUE(is_problem(get(std::string("/v1/sessions/") + id), 404)) << id;
    EXPECT_TRUE(is_problem(get(std::string("/v1/sessions/") + id + "/picture"), 404)) << id;
    EXPECT_TRUE(is_problem(remove(std::string("/v1/sessions/") + id), 404)) << id;
  }
}

TEST_F(SiteSessions, AreCheckedWithAnEtagOnEachPageView) {
  const auto id = add_session(SessionState::open);
  Ask again{"GET", "/v1/sessions/" + id, {}};
  again.if_none_match = header(get("/v1/sessions/" + id), "ETag");
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(call(again).status, 304);
  remove("/v1/sessions/" + id);
  EXPECT_EQ(text_of(body_of(call(again)), "state"), "closed");
}

TEST_F(SiteSessions, HavePicturesWithAnEtag) {
  const auto id = add_session(SessionState::pending);
  const auto picture = get("/v1/sessions/" + id + "/picture");
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.content_type, "image/png");
  EXPECT_EQ(picture.body, "\x89PNG...");
  EXPECT_EQ(header(picture, "Cache-Control"), "no-store");
  Ask again{"GET", "/v1/sessions/" + id + "/picture", {}};
  again.if_none_match = header(picture, "ETag");
  EXPECT_EQ(call(again).status, 304);
}

TEST_F(SiteSessions, AreListedNewestFirstInPages) {
  const auto user = add_user("ada");
  add_session(SessionState::open, user);
  clock.advance(std::chrono::seconds(1));
  const auto second = add_session(SessionState::pending, user);
  clock.advance(std::chrono::seconds(1));
  add_session(SessionState::pending);
  const auto body = body_of(get("/v1/sessions?userId=" + user + "&limit=1"));
  EXPECT_EQ(body.at("pagination"), (json::object{{"total", 2}, {"offset", 0}, {"limit", 1}}));
  EXPECT_EQ(text_of(body.at("data").at(0).as_object(), "id"), second);
  EXPECT_EQ(body_of(get("/v1/sessions?state=open")).at("pagination").at("total"), 1);
  EXPECT_EQ(body_of(get("/v1/sessions")).at("pagination").at("total"), 3);
}

TEST_F(SiteSessions, RefuseFiltersThatMakeNoSense) {
  EXPECT_EQ(pointers(get("/v1/sessions?state=gone&userId=1&limit=0")),
            (std::vector<std::string>{"/limit", "/userId", "/state"}));
}

TEST_F(SiteSessions, AreCancelledBeforeTheyAreOpen) {
  for (const SessionState state : {SessionState::pending, SessionState::authorized}) {
    const auto id = add_session(state);
    EXPECT_EQ(remove("/v1/sessions/" + id).status, 204);
    EXPECT_EQ(state_of(id), "cancelled");
    EXPECT_TRUE(is_problem(get("/v1/sessions/" + id + "/picture"), 404));
  }
  EXPECT_EQ(body_of(get("/v1/events?type=nopass.session.cancelled")).at("data").as_array().size(), 2U);
}

TEST_F(SiteSessions, AreClosedByTheSite) {
  const auto id = add_session(SessionState::open);
  EXPECT_EQ(remove("/v1/sessions/" + id).status, 204);
  EXPECT_EQ(state_of(id), "closed");
  const auto events = body_of(get("/v1/events"));
  const auto& event = events.at("data").at(0).as_object();
  EXPECT_EQ(text_of(event, "type"), "nopass.session.closed");
  EXPECT_EQ(text_of(event.at("data").as_object(), "by"), "site");
}

TEST_F(SiteSessions, StayWhatTheyAreOnceFinal) {
  for (const SessionState state :
       {SessionState::closed, SessionState::denied, SessionState::expired, SessionState::cancelled}) {
    const auto id = add_session(state);
    EXPECT_EQ(remove("/v1/sessions/" + id).status, 204);
    EXPECT_EQ(state_of(id), storage::name_of(state));
  }
  EXPECT_EQ(body_of(get("/v1/events")).at("data"), json::array{});
}

}  // namespace nopassd::testing
