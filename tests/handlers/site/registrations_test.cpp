#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

class SiteRegistrations : public SiteTest {
 protected:
  std::string add(std::string otp, storage::RegistrationState state = storage::RegistrationState::started) {
    const auto digest = store->digest(storage::SecretKind::otp, otp);
    return transact([digest, state](storage::Transaction& transaction) {
      storage::Registration made;
      made.id = transaction.new_id();
      made.otp = digest;
      made.state = state;
      made.started_by = storage::Party::nopass;
      made.external_id = "ext-1";
      made.login = made.login_key = "ada";
      made.profile.email = "ada@example.org";
      made.started_at = transaction.now();
      made.expires_at = transaction.now() + std::chrono::minutes(10);
      transaction.add_registration(made);
      return made.id;
    });
  }
};

TEST_F(SiteRegistrations, AreShownWithoutPersonalData) {
  const auto id = add("a");
  const auto reply = get("/v1/registrations/" + id);
  EXPECT_EQ(body_of(reply), (json::object{{"type", "registration"},
                                          {"id", id},
                                          {"state", "started"},
                                          {"by", "nopass"},
                                          {"externalId", "ext-1"},
                                          {"startedAt", "2026-01-01T00:00:00Z"},
                                          {"expiresAt", "2026-01-01T00:10:00Z"}}));
  Ask again{"GET", "/v1/registrations/" + id, {}};
  again.if_none_match = header(reply, "ETag");
  EXPECT_EQ(call(again).status, 304);
}

TEST_F(SiteRegistrations, ExpireByThemselves) {
  const auto id = add("a");
  clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(text_of(body_of(get("/v1/registrations/" + id)), "state"), "expired");
}

TEST_F(SiteRegistrations, AreUnknownUnderOtherIds) {
  EXPECT_TRUE(is_problem(get("/v1/registrations/6ba7b810-9dad-41d1-80b4-00c04fd430c8"), 404));
  EXPECT_TRUE(is_problem(get("/v1/registrations/ada"), 404));
}

TEST_F(SiteRegistrations, AreListedByState) {
  add("a");
  const auto confirmed = add("b", storage::RegistrationState::confirmed);
  const auto body = body_of(get("/v1/registrations?state=confirmed"));
  EXPECT_EQ(body.at("pagination").at("total"), 1);
  EXPECT_EQ(text_of(body.at("data").at(0).as_object(), "id"), confirmed);
  EXPECT_EQ(body_of(get("/v1/registrations?limit=1&offset=1")).at("data").as_array().size(), 1U);
  EXPECT_EQ(pointers(get("/v1/registrations?state=done")), std::vector<std::string>{"/state"});
}

}  // namespace nopassd::testing
