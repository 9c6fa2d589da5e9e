#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SitePortal : public SiteTest {
 protected:
  storage::Portal portal() { return *store->portal_view(); }
};

TEST_F(SitePortal, IsUnregisteredAtFirst) {
  EXPECT_EQ(body_of(get("/v1/portal")),
            (json::object{{"type", "portal"}, {"id", "portal"}, {"state", "unregistered"}}));
}

TEST_F(SitePortal, TellsNoCredentials) {
  ASSERT_EQ(post("/v1/portal/registration", "").status, 201);
  const std::string admin_id = portal().window->admin_id;
  const std::string s_code = portal().window->s_code;
  const auto open = get("/v1/portal");
  EXPECT_TRUE(body_of(open).contains("window"));
  register_portal();
  const auto registered = get("/v1/portal");
  EXPECT_EQ(text_of(body_of(registered), "state"), "registered");
  for (const std::string& secret : {admin_id, s_code, std::string("portal-of-tests"), std::string("token-of-tests")}) {
    EXPECT_EQ(open.body.find(secret), std::string::npos);
    EXPECT_EQ(registered.body.find(secret), std::string::npos);
  }
}

TEST_F(SitePortal, OpensAWindowWithFreshSecrets) {
  settings.web_url = "https://site.example";
  const auto reply = post("/v1/portal/registration", "");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const auto body = body_of(reply);
  EXPECT_EQ(text_of(body, "type"), "window");
  EXPECT_EQ(text_of(body, "webUrl"), "https://site.example");
  EXPECT_EQ(text_of(body, "expiresAt"), "2026-01-01T00:15:00Z");
  EXPECT_EQ(text_of(body, "adminId"), portal().window->admin_id);
  EXPECT_EQ(text_of(body, "sCode"), portal().window->s_code);
  EXPECT_GE(text_of(body, "adminId").size(), 22U) << "128 bits";
  EXPECT_LE(text_of(body, "adminId").size(), 64U);
  EXPECT_EQ(text_of(body, "sCode").size(), 32U);
}

TEST_F(SitePortal, UsesTheSecretsOfTheFiles) {
  settings.admin_id = "admin-from-file";
  settings.s_code = "Code2FromFile";
  const auto body = body_of(post("/v1/portal/registration", "{}"));
  EXPECT_EQ(text_of(body, "adminId"), "admin-from-file");
  EXPECT_EQ(text_of(body, "sCode"), "Code2FromFile");
}

TEST_F(SitePortal, ReplacesAnOpenWindowAndItsChallenges) {
  post("/v1/portal/registration", "");
  const auto first = *portal().window;
  transact([](storage::Transaction& transaction) {
    auto changed = transaction.portal();
    changed.window->challenge = storage::Challenge{"127.0.0.1", transaction.now()};
    transaction.save_portal(changed);
    transaction.count_failed_challenge("10.0.0.1");
    return true;
  });
  clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(post("/v1/portal/registration", "").status, 201);
  const auto second = *portal().window;
  EXPECT_NE(second.admin_id, first.admin_id);
  EXPECT_NE(second.s_code, first.s_code);
  EXPECT_GT(second.expires_at, first.expires_at);
  EXPECT_FALSE(second.challenge);
  EXPECT_EQ(transact([](storage::Transaction& each) { return each.failed_challenges("10.0.0.1"); }), 0);
}

TEST_F(SitePortal, OpensNoWindowWhileRegistered) {
  register_portal();
  EXPECT_TRUE(is_problem(post("/v1/portal/registration", ""), 409));
  EXPECT_FALSE(portal().window);
}

TEST_F(SitePortal, ShowsNoWindowThatIsOver) {
  post("/v1/portal/registration", "");
  clock.advance(std::chrono::minutes(15));
  EXPECT_FALSE(body_of(get("/v1/portal")).contains("window"));
}

TEST_F(SitePortal, ClosesTheWindowAndSaysSoAlways) {
  EXPECT_EQ(remove("/v1/portal/registration").status, 204);
  post("/v1/portal/registration", "");
  EXPECT_EQ(remove("/v1/portal/registration").status, 204);
  EXPECT_FALSE(portal().window);
  register_portal();
  EXPECT_EQ(remove("/v1/portal/registration").status, 204);
  EXPECT_EQ(text_of(body_of(get("/v1/portal")), "state"), "registered");
}

}  // namespace nopassd::testing
