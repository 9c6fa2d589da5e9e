#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AddUsers : public CallbackTest {
 protected:
  void SetUp() override { prepare(8); }
  Reply add(json::array list) {
    return post("AddUsers", json::serialize(json::object{{"portalId", portal_id}, {"users", std::move(list)}}));
  }
};

const json::object ann = {
    {"login", "ann"}, {"givenName", "Ann"}, {"surName", "Lee"}, {"phoneNumber", "1"}, {"email", "a@x"}};
const json::object bob = {{"login", "bob"}};

TEST_F(AddUsers, AddsThemAll) {
  expect_result(add({ann, bob}), true);
  ASSERT_EQ(users().size(), 2U);
  EXPECT_EQ(user("ann")->profile, (storage::Profile{"Ann", "Lee", "1", "a@x", "", ""}));
  EXPECT_EQ(user("bob")->created_at, store.clock.now());
  const auto events = take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, "user.added");
  EXPECT_EQ(json::parse(events[0].data), (json::value{{"userId", user("ann")->id}}));
}

TEST_F(AddUsers, TakesTheWrappersOfTheVendor) {
  const json::value id(portal_id);
  const json::value list = json::array{json::object{{"user", ann}}, bob};
  for (const json::value& body :
       {json::value{{"model", {{"users", list}, {"portalId", id}}}},
        json::value{{"MODEL", {{"users", list}}}, {"portalId", id}}, json::value{{"users", list}, {"portalId", id}},
        json::value{{"model", {{"users", list}, {"portalId", id}}}, {"portalId", id}},
        json::value{{"model", nullptr}, {"users", list}, {"portalId", id}}}) {
    expect_result(post("AddUsers", json::serialize(body)), true);
  }
  EXPECT_EQ(users().size(), 2U);
  EXPECT_EQ(take_events().size(), 2U);
}

TEST_F(AddUsers, ComparesThePortalIdWhereverItStands) {
  const json::value list = json::array{ann};
  const json::value id(portal_id);
  expect_refusal(post("AddUsers", json::serialize(json::value{{"model", {{"users", list}}}})), 400, "102");
  expect_refusal(post("AddUsers", json::serialize(json::value{{"model", {{"users", list}, {"portalId", "x"}}}})), 400,
                 "104");
  expect_refusal(
      post("AddUsers", json::serialize(json::value{{"model", {{"users", list}, {"portalId", "x"}}}, {"portalId", id}})),
      400, "104");
  expect_refusal(
      post("AddUsers", json::serialize(json::value{{"model", {{"users", list}, {"portalId", id}}}, {"portalId", ""}})),
      400, "103");
  EXPECT_TRUE(users().empty());
}

TEST_F(AddUsers, TakesTheEmailAsLoginWhereItIsTold) {
  expect_result(add({json::object{{"email", "Ann@x.org"}, {"isUseEmailAsLogin", "TRUE"}}}), true);
  EXPECT_EQ(user("ann@x.org")->login, "Ann@x.org");
  EXPECT_EQ(user("ann@x.org")->profile.email, "Ann@x.org");
  EXPECT_TRUE(user("ann@x.org")->uses_email_as_login);
  expect_refusal(add({json::object{{"login", "bob"}, {"isUseEmailAsLogin", true}}}), 400, "102");
  expect_refusal(add({json::object{{"email", "bob@x.org"}, {"isUseEmailAsLogin", false}}}), 400, "102");
}

TEST_F(AddUsers, NamesEachFaultyElementByItsIndexAndAddsNone) {
  const Reply reply = add({ann, json::object{{"givenName", 5}, {"login", "x"}}, 7, json::object{{"user", "x"}},
                           json::object{{"user", json::object{}}}, nullptr, json::object{{"login", "ANN"}}});
  EXPECT_THAT(messages(reply),
              ElementsAre("users[1].givenName is not a string", "users[2] is not an object",
                          "users[3].user is not an object", "users[4].user.login is missing",
                          "users[5] is not an object", "users[6] has the login of an element before it"));
  EXPECT_TRUE(users().empty());
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(AddUsers, SkipsThoseWhoExistWithTheSameMembers) {
  add({ann});
  take_events();
  expect_result(add({ann, bob}), true);
  EXPECT_THAT(take_event_types(), ElementsAre("user.added"));
  EXPECT_EQ(users().size(), 2U);
}

TEST_F(AddUsers, RefusesAllWhenOneExistsWithOtherMembers) {
  add({ann});
  take_events();
  const Reply reply = add({bob, json::object{{"login", "Ann"}, {"givenName", "Anne"}}});
  expect_refusal(reply, 400, "108");
  EXPECT_THAT(messages(reply), ElementsAre("users[1] login already exists"));
  EXPECT_FALSE(user("bob"));
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(AddUsers, TakesNoUsersForSuccess) {
  expect_result(add({}), true);
  EXPECT_THAT(take_events(), IsEmpty());
  expect_refusal(post("AddUsers", json::serialize(json::object{{"portalId", portal_id}})), 400, "102");
}

TEST_F(AddUsers, TakesTenThousandAndNotOneMore) {
  json::array many;
  for (int i = 0; i < 10000; ++i) many.push_back(json::object{{"login", "u" + std::to_string(i)}});
  json::array more = many;
  more.push_back(json::object{{"login", "u"}});
  expect_refusal(add(std::move(more)), 400, "103");
  EXPECT_TRUE(users().empty());
  expect_result(add(std::move(many)), true);
  EXPECT_EQ(take_events().size(), 10000U);
}

TEST_F(AddUsers, IsRefusedByPolicyUnlessThereIsNothingToAdd) {
  add({ann});
  settings.add_users = Policy::deny;
  expect_refusal(add({bob}), 400, "111");
  EXPECT_FALSE(user("bob"));
  expect_result(add({ann}), true);
  expect_result(add({}), true);
}

}  // namespace
}  // namespace nopassd::handlers::callback
