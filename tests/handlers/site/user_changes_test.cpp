#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SiteUserChanges : public SiteTest {
 protected:
  handlers::Reply put_user(const std::string& external_id, const json::object& body) {
    return put("/v1/users/by-external-id/" + external_id, json::serialize(body));
  }
  std::vector<std::string> events() {
    std::vector<std::string> types;
    const auto body = body_of(get("/v1/events"));
    for (const json::value& event : body.at("data").as_array()) types.push_back(text_of(event.as_object(), "type"));
    return types;
  }
};

TEST_F(SiteUserChanges, MakeAUserWithTheSitesOwnKey) {
  const auto reply = put_user("ext-1", {{"login", "Ada"}, {"email", "ada@example.org"}});
  EXPECT_EQ(reply.status, 201);
  const auto user = body_of(reply);
  EXPECT_EQ(header(reply, "Location"), "/v1/users/" + text_of(user, "id"));
  EXPECT_EQ(text_of(user, "externalId"), "ext-1");
  EXPECT_EQ(text_of(user, "login"), "Ada");
  EXPECT_EQ(events(), std::vector<std::string>{"nopass.user.added"});
  EXPECT_EQ(put_user("ext-1", {{"login", "ada"}}).status, 200);
  EXPECT_EQ(events().size(), 1U) << "nothing has changed";
}

TEST_F(SiteUserChanges, LinkAUserAndSayWhatHasChanged) {
  const auto id = add_user("ada");
  const auto reply = put_user("ext-1", {{"login", "ada"}, {"givenName", "Augusta"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(text_of(body_of(reply), "id"), id);
  const auto event = body_of(get("/v1/events")).at("data").as_array().at(0);
  EXPECT_EQ(event.at("type"), "nopass.user.updated");
  EXPECT_EQ(event.at("data").at("changed"), json::array({"externalId", "givenName"}));
}

TEST_F(SiteUserChanges, RefuseAKeyOrLoginOfAnother) {
  add_user("ada", "ext-1");
  add_user("grace", "ext-2");
  EXPECT_TRUE(is_problem(put_user("ext-1", {{"login", "grace"}}), 409));
  EXPECT_TRUE(is_problem(put_user("ext-3", {{"login", "ada"}}), 409));
  EXPECT_TRUE(is_problem(put_user("ext-1", {{"login", "nobody"}}), 409));
  EXPECT_EQ(pointers(put_user("ext-1", {{"email", ""}})), (std::vector<std::string>{"/login", "/email"}));
  EXPECT_TRUE(events().empty());
}

TEST_F(SiteUserChanges, TakeAKeyThatLooksLikeAnotherPath) {
  EXPECT_EQ(put_user("restore", {{"login", "ada"}}).status, 201);
  EXPECT_EQ(text_of(body_of(get("/v1/users?externalId=restore")).at("data").as_array().at(0).as_object(), "login"),
            "ada");
}

TEST_F(SiteUserChanges, DeleteAndRestore) {
  const auto id = add_user("ada", "ext-1");
  const auto deleted = remove("/v1/users/" + id);
  EXPECT_EQ(deleted.status, 202);
  EXPECT_EQ(text_of(body_of(deleted), "state"), "deleting");
  EXPECT_EQ(remove("/v1/users/" + id).status, 202);
  const auto restored = post("/v1/users/" + id + "/restore", "");
  EXPECT_EQ(restored.status, 200);
  EXPECT_EQ(text_of(body_of(restored), "state"), "active");
  EXPECT_TRUE(is_problem(post("/v1/users/" + id + "/restore", ""), 409));
  EXPECT_EQ(events(), (std::vector<std::string>{"nopass.user.deleted", "nopass.user.restored"}));
}

TEST_F(SiteUserChanges, CannotRestoreWhoseLoginIsTakenOrWhoIsErased) {
  const auto id = add_user("ada");
  remove("/v1/users/" + id);
  add_user("ada");
  EXPECT_TRUE(is_problem(post("/v1/users/" + id + "/restore", ""), 409));
  settings.erase_after = storage::Milliseconds(0);
  const auto grace = add_user("grace");
  EXPECT_EQ(text_of(body_of(remove("/v1/users/" + grace)), "state"), "deleted");
  EXPECT_TRUE(is_problem(post("/v1/users/" + grace + "/restore", ""), 410));
  EXPECT_TRUE(is_problem(remove("/v1/users/" + grace), 410));
}

TEST_F(SiteUserChanges, StandInTheHistoryWithTheirCause) {
  const auto id = text_of(body_of(put_user("ext-1", {{"login", "ada"}})), "id");
  put_user("ext-1", {{"login", "ada"}, {"givenName", "Ada"}});
  const auto body = body_of(get("/v1/users/" + id + "/history"));
  EXPECT_EQ(body.at("pagination").at("total"), 2);
  const auto newest = body.at("data").as_array().at(0).as_object();
  EXPECT_EQ(text_of(newest, "name"), "nopass.user.updated");
  EXPECT_EQ(text_of(newest, "by"), "site uid:33");
  EXPECT_THAT(json::serialize(body), ::testing::Not(::testing::HasSubstr("\"Ada\""))) << "names of fields alone";
  peer.scopes.reset(static_cast<std::size_t>(site::Scope::users_phone_read));
  EXPECT_TRUE(is_problem(get("/v1/users/" + id + "/history"), 403));
}

TEST_F(SiteUserChanges, KeepTheNewestTwoHundredEntriesOfAUser) {
  const auto id = add_user("ada");
  transact([id](storage::Transaction& transaction) {
    for (int i = 0; i < 205; ++i) transaction.append({"user.updated", "user/" + id, {{"userId", id}, {"n", i}}});
    return true;
  });
  const auto body = body_of(get("/v1/users/" + id + "/history?offset=199"));
  EXPECT_EQ(body.at("pagination").at("total"), 200);
  EXPECT_EQ(body.at("data").as_array().at(0).at("data").at("n"), 5);
}

TEST_F(SiteUserChanges, EnrolInABatchEachForItself) {
  register_portal();
  add_user("taken");
  const auto one = [](const char* login, const char* otp) {
    return json::object{{"for", "new"}, {"login", login}, {"binding", "0123456789abcdef"}, {"otp", otp}};
  };
  const auto reply = post("/v1/registrations/batch",
                          json::serialize(json::object{
                              {"registrations", {one("ada", "1"), one("taken", "2"), 7, json::object{{"page", 1}}}}}));
  EXPECT_EQ(reply.status, 200);
  const auto data = body_of(reply).at("data").as_array();
  ASSERT_EQ(data.size(), 4U);
  EXPECT_EQ(data.at(0).at("type"), "registration");
  EXPECT_EQ(data.at(1).at("status"), 409);
  EXPECT_EQ(data.at(2).at("status"), 422);
  EXPECT_EQ(data.at(3).at("errors").as_array().at(0).at("source").at("pointer"), "/registrations/3/page");
  EXPECT_EQ(pointers(post("/v1/registrations/batch", R"({"registrations":[]})")),
            std::vector<std::string>{"/registrations"});
  EXPECT_EQ(call({"GET", "/v1/registrations/batch", {}}).status, 405) << "a path that is written out wins";
}

}  // namespace nopassd::testing
