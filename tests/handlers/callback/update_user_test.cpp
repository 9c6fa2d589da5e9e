#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UpdateUser : public CallbackTest {
 protected:
  void SetUp() override {
    prepare(6);
    hub.answering = false;
  }
  Reply update(const json::object& updates, std::string_view login = "jim") {
    const json::value body = {{"userId", login}, {"portalId", portal_id}, {"updates", updates}};
    return post("UpdateUser", json::serialize(body));
  }
  json::value event_data() {
    const auto events = take_events();
    if (events.size() != 1 || events[0].type != "user.updated") return nullptr;
    return json::parse(events[0].data);
  }
};

json::object value(std::string_view name, json::value content) {
  json::object inner;
  inner["newValue"] = std::move(content);
  json::object updates;
  updates[name] = inner;
  return updates;
}

TEST_F(UpdateUser, ChangesEveryField) {
  settings.fallback_allows = true;
  json::object updates;
  for (const char* name : {"givenName", "surName", "phoneNumber", "email", "profileImageUrl", "locale", "login"}) {
    updates[name] = {{"newValue", std::string("new-") + name}};
  }
  expect_result(update(updates), "OK");
  const auto now = user("new-login");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->profile, (storage::Profile{"new-givenName", "new-surName", "new-phoneNumber", "new-email",
                                            "new-profileImageUrl", "new-locale"}));
  EXPECT_EQ(now->login, "new-login");
  EXPECT_EQ(
      event_data(),
      (json::value{{"userId", now->id},
                   {"changed", {"givenName", "surName", "phoneNumber", "email", "profileImageUrl", "locale", "login"}},
                   {"forbiddenStore", json::object{}}}));
}

TEST_F(UpdateUser, NamesOnlyWhatChanged) {
  update(value("givenName", "James"));
  take_events();
  expect_result(update({{"givenName", {{"newValue", "James"}}}, {"surName", {{"newValue", "Bond"}}}}), "OK");
  EXPECT_EQ(event_data().at("changed"), (json::value{"surName"}));
  EXPECT_EQ(user("jim")->profile.given_name, "James");
}

TEST_F(UpdateUser, KeepsForbiddenStorePerField) {
  expect_result(update({{"email", {{"forbiddenStore", true}}}, {"locale", {{"forbiddenStore", "False"}}}}), "OK");
  EXPECT_EQ(user("jim")->forbidden_store, (std::map<std::string, bool>{{"email", true}, {"locale", false}}));
  const json::value data = event_data();
  EXPECT_EQ(data.at("forbiddenStore"), (json::value{{"email", true}, {"locale", false}}));
  EXPECT_EQ(data.at("changed"), json::value(json::array{}));
  expect_result(update({{"email", {{"forbiddenStore", nullptr}}}, {"locale", {{"forbiddenStore", false}}}}), "OK");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdateUser, LeavesUnchangedWhatIsNullOrAbsent) {
  update(value("givenName", "James"));
  take_events();
  expect_result(update(value("givenName", nullptr)), "OK");
  expect_result(update({{"givenName", nullptr}}), "OK");
  expect_result(update({{"givenName", json::object{}}}), "OK");
  expect_result(update({}), "OK");
  expect_result(update({{"unknown", 5}}), "OK");
  EXPECT_EQ(user("jim")->profile.given_name, "James");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdateUser, EmptiesAField) {
  update(value("givenName", "James"));
  expect_result(update(value("givenName", "")), "OK");
  EXPECT_EQ(user("jim")->profile.given_name, "");
}

TEST_F(UpdateUser, ComparesTheEmailCaseFolded) {
  update(value("email", "Jim@Example.org"));
  take_events();
  expect_result(update(value("email", "jim@example.ORG")), "OK");
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ(user("jim")->profile.email, "Jim@Example.org");
}

TEST_F(UpdateUser, RefusesALoginThatIsTakenOrEmpty) {
  add_user("ann");
  settings.fallback_allows = true;
  expect_refusal(update({{"login", {{"newValue", "ANN"}}}, {"givenName", {{"newValue", "x"}}}}), 400, "108");
  expect_refusal(update(value("login", "")), 400, "103");
  expect_refusal(update(value("login", " ")), 400, "103");
  EXPECT_EQ(user("jim")->profile.given_name, "");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdateUser, KeepsTheSpellingThatCameFirst) {
  expect_result(update(value("login", "JIM")), "OK");
  EXPECT_EQ(user("jim")->login, "jim");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdateUser, RecognisesARepeatUnderTheOldLogin) {
  settings.fallback_allows = true;
  expect_result(update(value("login", "james")), "OK");
  take_events();
  expect_result(update(value("login", "james")), "OK");
  expect_result(update(value("login", "james"), "JIM"), "OK");
  EXPECT_THAT(take_events(), IsEmpty());
  expect_refusal(update(value("login", "other")), 404, "107");
  expect_refusal(update(value("givenName", "x")), 404, "107");
  expect_result(update(value("givenName", "x"), "james"), "OK");
}

TEST_F(UpdateUser, IsRefusedByPolicy) {
  settings.update_user = Policy::deny;
  expect_refusal(update(value("givenName", "x")), 400, "111");
  expect_refusal(update(value("login", "james")), 400, "111");
  expect_result(update({}), "OK");
  EXPECT_EQ(user("jim")->profile.given_name, "");
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(UpdateUser, AlwaysAsksForANewLogin) {
  expect_refusal(update(value("login", "james")), 400, "111");  // nobody answers, and the fallback denies
  settings.fallback_allows = true;
  expect_result(update(value("login", "james")), "OK");
}

TEST_F(UpdateUser, WantsAKnownUserAndThisPortal) {
  expect_refusal(update(value("givenName", "x"), "ann"), 404, "107");
  expect_refusal(post("UpdateUser", R"({"userId":"jim","portalId":"other","updates":{}})"), 400, "104");
}

TEST_F(UpdateUser, NamesEveryFaultyMember) {
  const Reply reply = update({{"givenName", "x"},
                              {"surName", {{"newValue", 5}, {"forbiddenStore", "no"}}},
                              {"locale", {{"newValue", std::string(2085, 'x')}}}});
  EXPECT_THAT(codes(reply), ElementsAre("103", "103", "103", "103"));
  EXPECT_THAT(messages(reply),
              ElementsAre("updates.givenName is not an object", "updates.surName.newValue is not a string",
                          "updates.surName.forbiddenStore is not true or false",
                          "updates.locale.newValue is longer than 2084 characters"));
  EXPECT_THAT(codes(post("UpdateUser", "{}")), ElementsAre("102", "102", "102"));
}

}  // namespace
}  // namespace nopassd::handlers::callback
