#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SitePortalState : public SiteTest {
 protected:
  std::string state() { return text_of(body_of(get("/v1/portal")), "state"); }
  void disable(std::string token) {
    transact([token](storage::Transaction& transaction) {
      auto portal = transaction.portal();
      portal.state = storage::PortalState::disabled;
      portal.auth_token = token;
      portal.disabled_at = transaction.now();
      transaction.save_portal(portal);
      return true;
    });
  }
};

TEST_F(SitePortalState, TellsTheCredentialsOfARegisteredPortalAlone) {
  EXPECT_TRUE(is_problem(get("/v1/portal/credentials"), 409));
  register_portal();
  EXPECT_EQ(body_of(get("/v1/portal/credentials")), (json::object{{"type", "credentials"},
                                                                  {"id", "portal"},
                                                                  {"portalId", "portal-of-tests"},
                                                                  {"authToken", "token-of-tests"}}));
  disable("token-of-tests");
  EXPECT_TRUE(is_problem(get("/v1/portal/credentials"), 409));
}

TEST_F(SitePortalState, ImportsAPortalOnce) {
  EXPECT_EQ(pointers(post("/v1/portal/import", "{}")), (std::vector<std::string>{"/portalId", "/authToken"}));
  const char* body = R"({"portalId":"p","authToken":"t"})";
  EXPECT_EQ(post("/v1/portal/import", body).status, 200);
  EXPECT_EQ(state(), "registered");
  EXPECT_TRUE(is_problem(post("/v1/portal/import", body), 409));
}

TEST_F(SitePortalState, EnablesADisabledPortalWhileItsTokenIsKept) {
  register_portal();
  EXPECT_TRUE(is_problem(post("/v1/portal/enable", ""), 409));
  disable("token-of-tests");
  EXPECT_EQ(post("/v1/portal/enable", "").status, 200);
  EXPECT_EQ(state(), "registered");
  disable("");
  EXPECT_TRUE(is_problem(post("/v1/portal/enable", ""), 409));
}

TEST_F(SitePortalState, ForgetsTheRegistrationAndClosesSessions) {
  register_portal();
  add_user("ada");
  const auto session = body_of(post("/v1/sessions", R"({"login":"ada","binding":"0123456789abcdef","authId":"a"})"));
  EXPECT_EQ(post("/v1/portal/reset", "").status, 200);
  EXPECT_EQ(state(), "unregistered");
  EXPECT_EQ(text_of(body_of(get("/v1/sessions/" + text_of(session, "id"))), "state"), "closed");
  EXPECT_EQ(post("/v1/portal/reset", "").status, 200) << "nothing is left to forget";
  const auto events = body_of(get("/v1/events?type=nopass.portal.disabled")).at("data").as_array();
  EXPECT_EQ(events.size(), 1U);
}

}  // namespace nopassd::testing
