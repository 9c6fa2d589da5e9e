#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using site::Scope;

class SiteUsers : public SiteTest {
 protected:
  json::object show(const std::string& id) { return body_of(get("/v1/users/" + id)); }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> found;
    const auto body = body_of(get("/v1/users?" + query));
    for (const json::value& user : body.at("data").as_array()) found.push_back(text_of(user.as_object(), "id"));
    return found;
  }
  void remove_user(const std::string& id, storage::UserState state) {
    transact([id, state](storage::Transaction& transaction) {
      auto user = transaction.user(id).value();
      user.state = state;
      user.deleted_at = transaction.now();
      transaction.update_user(user);
      return true;
    });
  }
};

TEST_F(SiteUsers, ShowIdsAndStateToWhoHasNoMoreScopes) {
  const auto id = add_user("Ada", "ext-1");
  grant({Scope::users_read});
  EXPECT_EQ(show(id), (json::object{{"type", "user"}, {"id", id}, {"externalId", "ext-1"}, {"state", "active"}}));
}

TEST_F(SiteUsers, ShowEachFieldByItsScope) {
  const auto id = add_user("Ada");
  grant({Scope::users_read, Scope::users_email_read});
  EXPECT_EQ(show(id),
            (json::object{
                {"type", "user"}, {"id", id}, {"state", "active"}, {"login", "Ada"}, {"email", "ada@example.org"}}));
  grant({Scope::users_read, Scope::users_phone_read});
  EXPECT_EQ(show(id),
            (json::object{{"type", "user"}, {"id", id}, {"state", "active"}, {"phoneNumber", "+37412345678"}}));
  grant({Scope::users_read, Scope::users_data_read});
  EXPECT_EQ(show(id), (json::object{{"type", "user"},
                                    {"id", id},
                                    {"state", "active"},
                                    {"givenName", "Ada"},
                                    {"forbiddenStore", {{"email", true}}},
                                    {"createdAt", "2026-01-01T00:00:00Z"}}));
}

TEST_F(SiteUsers, AreGoneOnceDeleted) {
  const auto id = add_user("ada");
  remove_user(id, storage::UserState::deleting);
  EXPECT_EQ(show(id), (json::object{{"type", "user"}, {"id", id}, {"state", "deleting"}}));
  remove_user(id, storage::UserState::deleted);
  EXPECT_TRUE(is_problem(get("/v1/users/" + id), 410));
  EXPECT_TRUE(is_problem(get("/v1/users/6ba7b810-9dad-41d1-80b4-00c04fd430c8"), 404));
  EXPECT_TRUE(is_problem(get("/v1/users/ada"), 404));
}

TEST_F(SiteUsers, ShowNoDataOfTheDeletedInLists) {
  const auto id = add_user("ada");
  remove_user(id, storage::UserState::deleted);
  const auto body = body_of(get("/v1/users?state=deleted"));
  EXPECT_EQ(body.at("data"), json::array({json::object{{"type", "user"}, {"id", id}, {"state", "deleted"}}}));
}

TEST_F(SiteUsers, AreFoundByLoginMailExternalIdAndState) {
  const auto ada = add_user("Ada", "ext-1");
  const auto grace = add_user("Grace", "ext-2");
  EXPECT_EQ(ids("login=ADA"), std::vector<std::string>{ada});
  EXPECT_EQ(ids("externalId=ext-2"), std::vector<std::string>{grace});
  EXPECT_EQ(ids("email=ADA%40example.org").size(), 2U);
  EXPECT_EQ(ids("email=ada%40example.org&login=grace"), std::vector<std::string>{grace});
  EXPECT_EQ(ids("state=active").size(), 2U);
  EXPECT_EQ(ids("state=deleted").size(), 0U);
  EXPECT_EQ(ids("limit=1&offset=1").size(), 1U);
}

TEST_F(SiteUsers, NeedTheScopeOfAFilter) {
  grant({Scope::users_read});
  for (const char* filter : {"login=ada", "email=ada@example.org"}) {
    const auto reply = get(std::string("/v1/users?") + filter);
    EXPECT_TRUE(is_problem(reply, 403)) << filter;
    EXPECT_THAT(reply.body, ::testing::HasSubstr("users:email:read"));
  }
  EXPECT_EQ(get("/v1/users?externalId=ext-1&state=active").status, 200);
}

TEST_F(SiteUsers, RefuseFiltersThatMakeNoSense) {
  EXPECT_EQ(pointers(get("/v1/users?login=%20ada&state=gone")), (std::vector<std::string>{"/login", "/state"}));
}

TEST_F(SiteUsers, HaveAnEtagThatDependsOnTheScopes) {
  const auto id = add_user("ada");
  Ask again{"GET", "/v1/users/" + id, {}};
  again.if_none_match = header(get("/v1/users/" + id), "ETag");
  EXPECT_EQ(call(again).status, 304);
  grant({Scope::users_read});
  EXPECT_EQ(call(again).status, 200);
}

}  // namespace nopassd::testing
