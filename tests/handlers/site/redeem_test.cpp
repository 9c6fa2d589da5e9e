#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SiteRedeem : public SiteTest {
 protected:
  static constexpr const char* binding = "binding-of-the-browser";

  /// Starts a login of `login` and keeps its id and ticket.
  void start(const std::string& login) {
    const auto body = body_of(post(
        "/v1/sessions", json::serialize(json::object{{"login", login}, {"binding", binding}, {"authId", "auth-1"}})));
    id = text_of(body, "id");
    ticket = text_of(body, "ticket");
  }
  void decide(storage::SessionState state) {
    transact([id = id, state](storage::Transaction& transaction) {
      auto session = transaction.session(id).value();
      session.state = state;
      session.decided_at = transaction.now();
      transaction.update_session(session);
      return true;
    });
  }
  handlers::Reply redeem(const std::string& shown_ticket, const std::string& shown_binding = binding) {
    return post("/v1/sessions/" + id + "/redeem",
                json::serialize(json::object{{"ticket", shown_ticket}, {"binding", shown_binding}}));
  }

  std::string id;
  std::string ticket;
};

TEST_F(SiteRedeem, TellsWhoHasLoggedInAndOpensTheSession) {
  register_portal();
  const auto user = add_user("Ada", "ext-1");
  start("ada");
  decide(storage::SessionState::authorized);
  const auto reply = redeem(ticket);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      body_of(reply),
      (json::object{
          {"userId", user}, {"externalId", "ext-1"}, {"login", "Ada"}, {"authorizedAt", "2026-01-01T00:00:00Z"}}));
  EXPECT_EQ(text_of(body_of(get("/v1/sessions/" + id)), "state"), "open");
}

TEST_F(SiteRedeem, AnswersARepeatForHalfAMinute) {
  register_portal();
  add_user("ada");
  start("ada");
  decide(storage::SessionState::authorized);
  const auto first = redeem(ticket);
  clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(redeem(ticket).body, first.body);
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(is_problem(redeem(ticket), 409));
}

TEST_F(SiteRedeem, RefusesAWrongTicketOrBindingAndUsesNothingUp) {
  register_portal();
  add_user("ada");
  start("ada");
  EXPECT_TRUE(is_problem(redeem("wrong"), 403)) << "also while it is pending";
  decide(storage::SessionState::authorized);
  EXPECT_TRUE(is_problem(redeem("wrong"), 403));
  EXPECT_TRUE(is_problem(redeem(ticket, "binding-of-somebody-else"), 403));
  EXPECT_EQ(redeem(ticket).status, 200);
}

TEST_F(SiteRedeem, RefusesWhatIsNotAuthorized) {
  register_portal();
  add_user("ada");
  start("ada");
  EXPECT_TRUE(is_problem(redeem(ticket), 409));
  decide(storage::SessionState::denied);
  EXPECT_TRUE(is_problem(redeem(ticket), 410));
}

TEST_F(SiteRedeem, RefusesWhatHasExpired) {
  register_portal();
  add_user("ada");
  start("ada");
  decide(storage::SessionState::authorized);
  clock.advance(settings.session_lifetime);
  EXPECT_TRUE(is_problem(redeem(ticket), 410));
}

TEST_F(SiteRedeem, RefusesAUserWhoWasRenamedSince) {
  register_portal();
  const auto user = add_user("ada");
  start("ada");
  decide(storage::SessionState::authorized);
  transact([user](storage::Transaction& transaction) {
    auto renamed = transaction.user(user).value();
    renamed.login = renamed.login_key = "grace";
    transaction.update_user(renamed);
    return true;
  });
  EXPECT_TRUE(is_problem(redeem(ticket), 410));
}

TEST_F(SiteRedeem, NeedsBothMembers) {
  EXPECT_EQ(pointers(post("/v1/sessions/x/redeem", "{}")), (std::vector<std::string>{"/ticket", "/binding"}));
  id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
  EXPECT_TRUE(is_problem(redeem("any"), 404));
}

TEST_F(SiteRedeem, TellsWhoHasEnrolled) {
  register_portal();
  const auto body = body_of(
      post("/v1/registrations",
           json::serialize(json::object{{"for", "new"}, {"login", "ada"}, {"binding", binding}, {"otp", "otp-1"}})));
  const auto path = "/v1/registrations/" + text_of(body, "id") + "/redeem";
  const auto proof = json::serialize(json::object{{"ticket", text_of(body, "ticket")}, {"binding", binding}});
  EXPECT_TRUE(is_problem(post(path, proof), 409));
  const auto user = add_user("ada");
  transact([id = text_of(body, "id"), user](storage::Transaction& transaction) {
    auto registration = transaction.registration(id).value();
    registration.state = storage::RegistrationState::confirmed;
    registration.user_id = user;
    registration.ended_at = transaction.now();
    transaction.update_registration(registration);
    return true;
  });
  EXPECT_EQ(body_of(post(path, proof)),
            (json::object{{"userId", user}, {"login", "ada"}, {"confirmedAt", "2026-01-01T00:00:00Z"}}));
  clock.advance(std::chrono::seconds(31));
  EXPECT_TRUE(is_problem(post(path, proof), 409));
}

TEST_F(SiteRedeem, EndsEverySessionOfAUser) {
  register_portal();
  const auto user = add_user("ada");
  start("ada");
  EXPECT_EQ(remove("/v1/sessions?userId=" + user).status, 204);
  EXPECT_EQ(text_of(body_of(get("/v1/sessions/" + id)), "state"), "cancelled");
  EXPECT_EQ(pointers(remove("/v1/sessions")), std::vector<std::string>{"/userId"});
  EXPECT_TRUE(is_problem(remove("/v1/sessions?userId=6ba7b810-9dad-41d1-80b4-00c04fd430c8"), 404));
}

}  // namespace nopassd::testing
