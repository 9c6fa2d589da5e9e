// Starts for which the daemon asks NoPass itself: limits, races, and what NoPass may answer.
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using End = handlers::NopassReply::End;

class AskingNopass : public SiteTest {
 protected:
  AskingNopass() {
    settings.own_calls = false;
    register_portal();
    ada = add_user("Ada", "ext-1");
  }
  handlers::Reply start(json::object more = {}) {
    json::object body{{"login", "ada"}, {"binding", "0123456789abcdef"}};
    for (auto& each : more) body[each.key()] = each.value();
    return post("/v1/sessions", json::serialize(body));
  }
  handlers::Reply enrol(json::object more = {}) {
    json::object body{{"for", "new"}, {"login", "bob"}, {"email", "bob@site.example"}, {"binding", "0123456789abcdef"}};
    for (auto& each : more) body[each.key()] = each.value();
    return post("/v1/registrations", json::serialize(body));
  }
  void answer_with(std::string auth_id) {
    nopass.answer(R"({"errors":[],"result":{"authId":")" + auth_id + R"(","nextChange":"5000"}})");
  }
  std::string state_of(const handlers::Reply& started) {
    return text_of(body_of(get("/v1/sessions/" + text_of(body_of(started), "id"))), "state");
  }
  template <class Change>
  void change_user(Change change) {
    transact([this, change](storage::Transaction& transaction) {
      auto user = *transaction.user(ada);
      change(user);
      transaction.update_user(user);
      return true;
    });
  }
  std::size_t started_events() {
    std::size_t count = 0;
    const auto listed = body_of(get("/v1/events"));
    for (const auto& event : listed.at("data").as_array()) {
      if (text_of(event.as_object(), "type") == "nopass.session.started") ++count;
    }
    return count;
  }
  std::string ada;
};

TEST_F(AskingNopass, SendsWhatTheProtocolAsksFor) {
  answer_with("auth-1");
  const auto reply = start();
  EXPECT_EQ(reply.status, 201);
  ASSERT_EQ(nopass.asked.size(), 1U);
  EXPECT_EQ(nopass.asked[0].path, "/api/UserAuthentication/RequestAuthorization");
  EXPECT_EQ(nopass.asked[0].bearer, "token-of-tests");
  EXPECT_EQ(json::parse(nopass.asked[0].body), (json::value{{"portalId", "portal-of-tests"}, {"userId", "Ada"}}));
  EXPECT_EQ(state_of(reply), "pending");
  EXPECT_EQ(started_events(), 1U);
}

TEST_F(AskingNopass, KeepsTheAuthIdAsADigestAlone) {
  answer_with("auth-1");
  const auto reply = start();
  EXPECT_THAT(reply.body, Not(HasSubstr("auth-1")));
  const auto session = transact([id = text_of(body_of(reply), "id")](auto& each) { return *each.session(id); });
  EXPECT_EQ(session.auth_id, store->digest(storage::SecretKind::auth_id, "auth-1"));
}

TEST_F(AskingNopass, CountsStartsThatAreUnderWayAtOnce) {
  settings.max_pending = 2;
  for (const char* auth_id : {"auth-1", "auth-2"}) answer_with(auth_id);
  // While the second one is under way a third begins.
  std::shared_ptr<Pending> third;
  nopass.meanwhile = [&] {
    if (nopass.asked.size() == 2) {
      third = begin({"POST", "/v1/sessions", R"({"login":"ada","binding":"0123456789abcdef"})"});
    }
  };
  EXPECT_EQ(start().status, 201);
  EXPECT_EQ(start().status, 201);
  const auto refused = finish(third);
  EXPECT_TRUE(is_problem(refused, 429));
  EXPECT_EQ(header(refused, "Retry-After"), "30");
  EXPECT_EQ(nopass.asked.size(), 2U);
}

TEST_F(AskingNopass, CountsFailedStartsButHoldsNoPlaceForThem) {
  settings.max_pending = 1;
  settings.max_starts = 3;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_problem(start(), 502)) << i;
  const auto refused = start();
  EXPECT_TRUE(is_problem(refused, 429));
  EXPECT_EQ(header(refused, "Retry-After"), "600");
  clock.advance(std::chrono::minutes(10) + std::chrono::milliseconds(1));
  EXPECT_TRUE(is_problem(start(), 502));
}

TEST_F(AskingNopass, RecordsNothingForAUserWhoChangedMeanwhile) {
  const auto deleting = [](storage::User& user) { user.state = storage::UserState::deleting; };
  const auto renamed = [](storage::User& user) {
    user.state = storage::UserState::active;
    user.login = user.login_key = "lovelace";
  };
  answer_with("auth-1");
  nopass.meanwhile = [&] { change_user(deleting); };
  EXPECT_TRUE(is_problem(start(), 410));
  change_user([](storage::User& user) { user.state = storage::UserState::active; });
  answer_with("auth-2");
  nopass.meanwhile = [&] { change_user(renamed); };
  EXPECT_TRUE(is_problem(start(), 410));
  EXPECT_EQ(started_events(), 0U);
}

TEST_F(AskingNopass, RecordsNothingForAPortalThatIsNotTheSameAnyMore) {
  answer_with("auth-1");
  nopass.meanwhile = [this] {
    transact([](storage::Transaction& transaction) {
      auto portal = transaction.portal();
      portal.portal_id = "another";
      transaction.save_portal(portal);
      return true;
    });
  };
  EXPECT_TRUE(is_problem(start(), 409));
  EXPECT_EQ(started_events(), 0U);
}

TEST_F(AskingNopass, TellsHowNoPassFailed) {
  settings.max_starts = 100;
  nopass.fail(End::silent, "nopass.example did not answer: no answer in time");
  nopass.fail(End::unreachable, "no connection to nopass.example: refused");
  nopass.fail(End::stopping, "the daemon is stopping");
  nopass.answer("{}", 401);
  nopass.answer(R"({"errors":[{"code":"1","message":"it says token-of-tests"}]})");
  const std::vector<std::pair<unsigned, const char*>> told = {
      {504, "no answer in time"}, {502, "refused"}, {503, "stopping"}, {502, "nopassctl register"}, {502, "log"}};
  for (const auto& [status, words] : told) {
    const auto reply = start();
    EXPECT_TRUE(is_problem(reply, status));
    EXPECT_THAT(reply.body, HasSubstr(words));
    EXPECT_THAT(reply.body + reply.log_note, Not(HasSubstr("token-of-tests")));
  }
  EXPECT_EQ(metrics.nopass_replies[0][static_cast<std::size_t>(handlers::Metrics::NopassEnd::refused)].value(), 2U);
}

TEST_F(AskingNopass, SendsNoTokenThatWouldBreakTheHeader) {
  transact([](storage::Transaction& transaction) {
    auto portal = transaction.portal();
    portal.auth_token = "one\r\nX-Evil: two";
    transaction.save_portal(portal);
    return true;
  });
  EXPECT_TRUE(is_problem(start(), 502));
  EXPECT_TRUE(nopass.asked.empty());
}

TEST_F(AskingNopass, EnrolsAndHandsOnTheLink) {
  nopass.answer(R"({"errors":[],"result":{"otp":"otp-1","registerLink":"https://nopass.example/r/1"}})");
  const auto reply = enrol({{"redirectUrl", "https://site.example/back"}, {"clientIp", "192.0.2.1"}});
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(text_of(body_of(reply), "registerLink"), "https://nopass.example/r/1");
  EXPECT_THAT(reply.body, Not(HasSubstr("otp-1")));
  const auto asked = json::parse(nopass.asked.at(0).body).as_object();
  EXPECT_EQ(text_of(asked, "redirectUrl"), "https://site.example/back");
  EXPECT_EQ(text_of(asked, "clientIP"), "192.0.2.1");
  EXPECT_EQ(text_of(asked.at("data").as_object(), "email"), "bob@site.example");
}

TEST_F(AskingNopass, EnrolsNobodyWhoseLoginWasTakenMeanwhile) {
  nopass.answer(R"({"errors":[],"result":{"otp":"otp-1","registerLink":"https://nopass.example/r/1"}})");
  nopass.meanwhile = [this] { add_user("bob"); };
  EXPECT_TRUE(is_problem(enrol(), 409));
}

TEST_F(AskingNopass, IsKnownToBeUnderWayToCallbacks) {
  answer_with("auth-1");
  bool was_under_way = false;
  nopass.meanwhile = [&] { was_under_way = own_calls.under_way(); };
  EXPECT_EQ(start().status, 201);
  EXPECT_TRUE(was_under_way);
  EXPECT_FALSE(own_calls.under_way());
}

}  // namespace nopassd::testing
