#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using storage::RegistrationState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConfirmUserRegistration : public CallbackTest {
 protected:
  void SetUp() override { register_portal(); }
  void started(std::string_view login = "jim", std::string external_id = {}) {
    start_registration("otp-1", login, std::move(external_id));
    take_events();
  }
  Reply confirm(const json::object& changes = {}) {
    json::object body = json::parse(good_body(4)).as_object();
    for (const auto& change : changes) body[change.key()] = change.value();
    return post("ConfirmUserRegistration", json::serialize(body));
  }
  /// As the start does when the login or the externalId is a user's.
  void name_user(const std::string& otp, const std::string& id) {
    auto named = registration(otp).value();
    named.user_id = id;
    store.transact([named](storage::Transaction& transaction) { return transaction.update_registration(named), 0; });
  }
};

const json::object with_session = {{"session", {{"authId", "auth-9"}, {"login", "Jim"}}}};

TEST_F(ConfirmUserRegistration, CreatesTheUser) {
  started("Jim");
  post("ValidateUserRegistration", R"({"otp":"otp-1","login":"jim","givenName":"James","email":"j@example.org"})");
  take_events();
  store.clock.advance(std::chrono::minutes(3));
  expect_result(confirm(), "OK");
  const auto made = user("jim");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->login, "Jim");
  EXPECT_EQ(made->profile.given_name, "James");
  EXPECT_EQ(made->profile.email, "j@example.org");
  const auto now = registration("otp-1");
  EXPECT_EQ(now->state, RegistrationState::confirmed);
  EXPECT_EQ(now->user_id, made->id);
  EXPECT_EQ(now->expires_at, store.clock.now() + settings.registration_lifetime);
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "user.registered");
  EXPECT_EQ(events[0].subject, "user/" + made->id);
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"userId", made->id}, {"registrationId", now->id}}));
}

TEST_F(ConfirmUserRegistration, LinksTheUserThatTheSiteNamed) {
  const std::string id = add_user("jim", "crm-7").id;
  started("jim", "crm-7");
  expect_result(confirm(), "OK");
  EXPECT_EQ(user("jim")->id, id);
  EXPECT_EQ(users().size(), 1U);
  const auto events = take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(json::parse(events[0].data).at("externalId"), json::value("crm-7"));
}

TEST_F(ConfirmUserRegistration, CreatesAUserUnderTheSitesKey) {
  started("jim", "crm-7");
  expect_result(confirm(), "OK");
  EXPECT_EQ(user("jim")->external_id, "crm-7");
}

TEST_F(ConfirmUserRegistration, GivesAUserWithoutAKeyTheSitesKey) {
  const std::string id = add_user("jim").id;
  started("jim", "crm-7");
  name_user("otp-1", id);
  expect_result(confirm(), "OK");
  EXPECT_EQ(user("jim")->id, id);
  EXPECT_EQ(user("jim")->external_id, "crm-7");
  EXPECT_EQ(registration("otp-1")->external_id, "crm-7");
  EXPECT_EQ(json::parse(take_events().at(0).data).at("externalId"), json::value("crm-7"));
}

TEST_F(ConfirmUserRegistration, RenamesNobodyByTheWay) {
  add_user("james", "crm-7");
  started("jim", "crm-7");
  expect_refusal(confirm(), 400, "108");
  EXPECT_TRUE(user("james"));
  EXPECT_FALSE(user("jim"));
}

TEST_F(ConfirmUserRegistration, RefusesAUserWhoGotAnotherKeyMeanwhile) {
  const std::string id = add_user("jim", "crm-8").id;
  started("jim", "crm-7");
  name_user("otp-1", id);
  expect_refusal(confirm(), 400, "108");
  EXPECT_EQ(user("jim")->external_id, "crm-8");
}

TEST_F(ConfirmUserRegistration, RefusesAKeyThatAnotherUserGotMeanwhile) {
  const std::string id = add_user("jim").id;
  started("jim", "crm-7");
  name_user("otp-1", id);
  add_user("james", "crm-7");
  expect_refusal(confirm(), 400, "108");
  EXPECT_EQ(user("jim")->external_id, "");
}

TEST_F(ConfirmUserRegistration, RefusesALoginThatWasTakenMeanwhile) {
  started();
  add_user("jim");
  expect_refusal(confirm(), 400, "108");
  EXPECT_EQ(registration("otp-1")->state, RegistrationState::started);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ConfirmUserRegistration, KnowsThatTheLinkedUserIsGone) {
  add_user("jim", "crm-7");
  started("jim", "crm-7");
  post("DeleteUser", good_body(7));
  expect_refusal(confirm(), 404, "107");
}

TEST_F(ConfirmUserRegistration, LogsNobodyIn) {
  started();
  confirm();
  const auto all = store.read([](storage::Snapshot& snapshot) { return snapshot.sessions({}, {0, 10}).total; });
  EXPECT_EQ(all, 0);
}

TEST_F(ConfirmUserRegistration, MakesASessionThatOnlyServesToBeClosed) {
  started();
  expect_result(confirm(with_session), "OK");
  const storage::Session made = session("auth-9");
  EXPECT_EQ(made.state, storage::SessionState::open);
  EXPECT_EQ(made.started_by, storage::Party::nopass);
  EXPECT_EQ(made.user_id, user("jim")->id);
  EXPECT_FALSE(made.ticket);
  EXPECT_FALSE(made.binding);
  EXPECT_EQ(made.expires_at, store.clock.now() + settings.session_open_lifetime);
  EXPECT_THAT(take_event_types(), ElementsAre("user.registered"));
  const json::value body = {{"portalId", portal_id}, {"authId", "auth-9"}, {"userId", "jim"}};
  expect_result(post("CloseSession", json::serialize(body)), true);
  EXPECT_THAT(take_event_types(), ElementsAre("session.closed"));
}

TEST_F(ConfirmUserRegistration, WantsTheRegistrationsLoginInTheSession) {
  started("ann");
  expect_refusal(confirm(with_session), 400, "116");
  EXPECT_FALSE(user("ann"));
}

TEST_F(ConfirmUserRegistration, WantsAnAuthIdOfItsOwn) {
  start_session("auth-9", "jim");
  started();
  expect_refusal(confirm(with_session), 400, "116");
  EXPECT_FALSE(user("jim"));
}

TEST_F(ConfirmUserRegistration, RecognisesARepeatAsLongAsTheRegistrationIsKept) {
  started();
  confirm(with_session);
  take_events();
  expect_result(confirm(with_session), "OK");
  store.clock.advance(std::chrono::hours(24));
  expect_result(confirm(with_session), "OK");
  EXPECT_EQ(users().size(), 1U);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ConfirmUserRegistration, IsTooLateForAnExpiredOrRefusedOtp) {
  started();
  store.clock.advance(settings.registration_lifetime);
  expect_refusal(confirm(), 404, "106");
  expect_refusal(confirm({{"otp", "otp-2"}}), 404, "106");
  start_registration("otp-3", "ann");
  post("ValidateUserRegistration", R"({"otp":"otp-3","login":"other"})");
  expect_refusal(confirm({{"otp", "otp-3"}}), 400, "111");
  EXPECT_TRUE(users().empty());
}

TEST_F(ConfirmUserRegistration, ChecksItsMembers) {
  started();
  EXPECT_THAT(codes(post("ConfirmUserRegistration", "{}")), ElementsAre("102", "102"));
  expect_refusal(confirm({{"portalId", "other"}}), 400, "104");
  expect_refusal(confirm({{"portalId", ""}}), 400, "103");
  expect_refusal(confirm({{"session", "x"}}), 400, "103");
  EXPECT_THAT(messages(confirm({{"session", json::object{}}})),
              ElementsAre("session.authId is missing", "session.login is missing"));
  expect_refusal(confirm({{"session", {{"authId", std::string(257, 'x')}, {"login", "jim"}}}}), 400, "103");
  expect_result(confirm({{"session", nullptr}, {"registerLink", "https://x"}}), "OK");
}

TEST_F(ConfirmUserRegistration, DoesNotAskForThePortalIdInTheSampleStyle) {
  settings.reply_style = ReplyStyle::sample;
  started();
  EXPECT_EQ(post("ConfirmUserRegistration", R"({"otp":"otp-1","portalId":"other"})").status, 400U);
  const Reply reply = post("ConfirmUserRegistration", R"({"otp":"otp-1","registerLink":"https://x"})");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "");
  EXPECT_TRUE(user("jim"));
}

}  // namespace
}  // namespace nopassd::handlers::callback
