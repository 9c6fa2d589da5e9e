#include "tests/handlers/site/access_fixture.hpp"

namespace nopassd::testing {

using handlers::site::Scope;
using ::testing::HasSubstr;
using ::testing::Not;

class SiteClients : public AccessTest {};

TEST_F(SiteClients, AreMadeWithASecretThatIsToldThisOnce) {
  const auto reply = post("/v1/clients", R"({"name":"Wörker","scopes":["users:read","events:read","users:read"]})");
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const auto body = body_of(reply);
  EXPECT_EQ(text_of(body, "type"), "client");
  EXPECT_EQ(text_of(body, "name"), "Wörker");
  EXPECT_EQ(body.at("scopes"), (json::array{"events:read", "users:read"}));
  EXPECT_EQ(text_of(body, "createdAt"), storage::format_time(clock.now()));
  EXPECT_EQ(text_of(body, "secret").size(), 43U) << "256 bits";
  const std::string path = "/v1/clients/" + text_of(body, "id");
  EXPECT_EQ(header(reply, "Location"), path);
  json::object expected = body;
  expected.erase("secret");
  EXPECT_EQ(body_of(get(path)), expected);
  EXPECT_EQ(body_of(get("/v1/clients")).at("data"), (json::array{expected}));
}

TEST_F(SiteClients, KeepNoSecretButItsKeyedDigest) {
  const MadeClient made = make(R"("admin")");
  const auto kept = transact([id = made.id](storage::Transaction& transaction) { return *transaction.client(id); });
  EXPECT_EQ(kept.secret, store->digest(storage::SecretKind::client_secret, made.secret));
  EXPECT_NE(kept.secret, storage::sha256(made.secret));
}

TEST_F(SiteClients, RefuseEveryFaultAtOnce) {
  const auto refused = [this](std::string body) { return pointers(post("/v1/clients", std::move(body))); };
  EXPECT_EQ(refused("{}"), (std::vector<std::string>{"/name", "/scopes"}));
  EXPECT_EQ(refused(R"({"name":"","scopes":[],"id":1})"), (std::vector<std::string>{"/id", "/name", "/scopes"}));
  EXPECT_EQ(refused(R"({"name":7,"scopes":"admin"})"), (std::vector<std::string>{"/name", "/scopes"}));
  EXPECT_EQ(refused(R"({"name":"a","scopes":["admin","root",1]})"),
            (std::vector<std::string>{"/scopes/1", "/scopes/2"}));
  EXPECT_EQ(refused(R"({"name":")" + std::string(65, 'a') + R"(","scopes":["admin"]})"),
            std::vector<std::string>{"/name"});
  EXPECT_EQ(post("/v1/clients", R"({"name":")" + std::string(64, 'a') + R"(","scopes":["admin"]})").status, 201U);
}

TEST_F(SiteClients, AreListedOldestFirstByPage) {
  const MadeClient first = make(R"("admin")");
  const MadeClient second = make(R"("events:read")");
  const auto page = body_of(get("/v1/clients?offset=1&limit=1"));
  ASSERT_EQ(page.at("data").as_array().size(), 1U);
  EXPECT_EQ(page.at("data").as_array()[0].at("id"), json::string(second.id));
  EXPECT_EQ(page.at("pagination"), (json::object{{"total", 2}, {"offset", 1}, {"limit", 1}}));
  EXPECT_EQ(pointers(get("/v1/clients?limit=0")), std::vector<std::string>{"/limit"});
}

TEST_F(SiteClients, HaveAnETagThatMovesWithThem) {
  const MadeClient made = make(R"("admin")");
  Ask ask{"GET", made.path(), {}};
  ask.if_none_match = header(get(made.path()), "ETag");
  EXPECT_EQ(call(ask).status, 304U);
  EXPECT_EQ(patch(made.path(), R"({"name":"other"})").status, 200U);
  EXPECT_EQ(call(ask).status, 200U);
}

TEST_F(SiteClients, AreUnknownUnderAnyOtherId) {
  const std::string nobody = "/v1/clients/00000000-0000-4000-8000-000000000000";
  for (const std::string& path : {nobody, std::string("/v1/clients/worker")}) {
    EXPECT_TRUE(is_problem(get(path), 404)) << path;
    EXPECT_TRUE(is_problem(patch(path, "{}"), 404)) << path;
    EXPECT_TRUE(is_problem(remove(path), 404)) << path;
    EXPECT_TRUE(is_problem(post(path + "/secret", ""), 404)) << path;
  }
}

TEST_F(SiteClients, ChangeWhatIsGivenAlone) {
  const MadeClient made = make(R"("admin","events:read")");
  auto changed = body_of(patch(made.path(), R"({"name":"mailer","scopes":null})"));
  EXPECT_EQ(text_of(changed, "name"), "mailer");
  EXPECT_EQ(changed.at("scopes"), (json::array{"events:read", "admin"}));
  EXPECT_FALSE(changed.contains("secret"));
  changed = body_of(patch(made.path(), R"({"scopes":["users:read"]})"));
  EXPECT_EQ(text_of(changed, "name"), "mailer");
  EXPECT_EQ(changed.at("scopes"), (json::array{"users:read"}));
  EXPECT_EQ(body_of(get(made.path())), changed);
  EXPECT_EQ(pointers(patch(made.path(), R"({"name":"","scopes":[],"secret":"x"})")),
            (std::vector<std::string>{"/secret", "/name", "/scopes"}));
  EXPECT_EQ(body_of(get(made.path())), changed);
}

TEST_F(SiteClients, GetANewSecretAndLoseTheOldOne) {
  const MadeClient made = make(R"("admin")");
  const auto reply = post(made.path() + "/secret", "");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const std::string renewed = text_of(body_of(reply), "secret");
  EXPECT_EQ(renewed.size(), 43U);
  EXPECT_NE(renewed, made.secret);
  EXPECT_EQ(ask_token(form_of(made)).status, 401U);
  EXPECT_EQ(ask_token(form_of({made.id, renewed})).status, 200U);
}

TEST_F(SiteClients, AreForgottenOnce) {
  const MadeClient made = make(R"("admin")");
  const MadeClient other = make(R"("admin")");
  EXPECT_EQ(remove(made.path()).status, 204U);
  EXPECT_TRUE(is_problem(remove(made.path()), 404));
  EXPECT_TRUE(is_problem(get(made.path()), 404));
  EXPECT_EQ(get(other.path()).status, 200U);
  EXPECT_EQ(ask_token(form_of(made)).status, 401U);
}

TEST_F(SiteClients, TakeTheirConsumersWithThemAndNobodyElses) {
  const MadeClient made = make(R"("events:read")");
  EXPECT_EQ(put("/v1/consumers/mine", "{}").status, 201U);
  EXPECT_EQ(call(with(token_of(made), {"PUT", "/v1/consumers/its", "{}"})).status, 201U);
  EXPECT_EQ(remove(made.path()).status, 204U);
  EXPECT_TRUE(is_problem(get("/v1/consumers/its"), 404)) << "else it would hold events back for an owner who is gone";
  EXPECT_EQ(get("/v1/consumers/mine").status, 200U);
}

class SiteClientScopes : public AccessTest {
 protected:
  void SetUp() override { grant({Scope::admin, Scope::events_read}); }
  /// Made by somebody who has every scope.
  MadeClient stronger() {
    peer.scopes = site::all_scopes();
    const MadeClient made = make(R"("admin","events:read","portal:credentials:read")");
    SetUp();
    return made;
  }
};

TEST_F(SiteClientScopes, AreNotHandedOutByWhoeverLacksThem) {
  const auto refused = post("/v1/clients", R"({"name":"a","scopes":["admin","users:read","portal:credentials:read"]})");
  EXPECT_TRUE(is_problem(refused, 403));
  EXPECT_THAT(refused.body, HasSubstr("users:read, portal:credentials:read"));
  EXPECT_THAT(refused.body, Not(HasSubstr("admin")));
  EXPECT_EQ(body_of(get("/v1/clients")).at("pagination").at("total"), 0);
  EXPECT_EQ(make(R"("admin","events:read")").secret.size(), 43U);
}

TEST_F(SiteClientScopes, AreNotAddedByWhoeverLacksThem) {
  const MadeClient made = make(R"("events:read")");
  const auto refused = patch(made.path(), R"({"name":"new","scopes":["events:read","users:write"]})");
  EXPECT_TRUE(is_problem(refused, 403));
  EXPECT_THAT(refused.body, HasSubstr("users:write"));
  EXPECT_EQ(text_of(body_of(get(made.path())), "name"), "worker") << "nothing of it happened";
}

TEST_F(SiteClientScopes, MayBeKeptAndTakenAwayByWhoeverLacksThem) {
  const MadeClient made = stronger();
  EXPECT_EQ(patch(made.path(), R"({"scopes":["events:read","portal:credentials:read"]})").status, 200U);
  EXPECT_EQ(patch(made.path(), R"({"scopes":["events:read"]})").status, 200U);
  EXPECT_TRUE(is_problem(patch(made.path(), R"({"scopes":["portal:credentials:read"]})"), 403)) << "it is gone";
}

TEST_F(SiteClientScopes, AreNotTakenOverWithANewSecret) {
  const MadeClient made = stronger();
  const auto refused = post(made.path() + "/secret", "");
  EXPECT_TRUE(is_problem(refused, 403));
  EXPECT_THAT(refused.body, HasSubstr("portal:credentials:read"));
  EXPECT_EQ(ask_token(form_of(made)).status, 200U) << "the old one is still good";
}

TEST_F(SiteClientScopes, AreNotWidenedByATokenThatHasAPartOfThem) {
  const MadeClient made = stronger();
  const std::string token = token_of(made, "admin");
  EXPECT_TRUE(is_problem(call(with(token, {"POST", made.path() + "/secret", {}})), 403));
  EXPECT_TRUE(is_problem(call(with(token, {"PATCH", made.path(), R"({"scopes":["admin","users:read"]})"})), 403));
  EXPECT_TRUE(is_problem(call(with(token, {"POST", "/v1/clients", R"({"name":"b","scopes":["events:read"]})"})), 403));
}

}  // namespace nopassd::testing
