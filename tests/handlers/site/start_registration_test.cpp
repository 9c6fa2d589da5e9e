#include "storage/names.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class StartRegistration : public SiteTest {
 protected:
  StartRegistration() { register_portal(); }
  static json::object wanted() {
    return {{"for", "new"}, {"login", "Ada"}, {"binding", "0123456789abcdef"}, {"otp", "otp-of-ada"}};
  }
  static json::object linked(std::string_view external_id) {
    return {{"for", {{"externalId", external_id}}}, {"binding", "0123456789abcdef"}, {"otp", "otp-of-ada"}};
  }
  handlers::Reply start(const json::object& body) { return post("/v1/registrations", json::serialize(body)); }
  handlers::Reply start_with(std::string_view name, json::value value) {
    json::object body = wanted();
    body[name] = std::move(value);
    return start(body);
  }
  storage::Registration stored(const handlers::Reply& reply) {
    const std::string id = text_of(body_of(reply), "id");
    return transact(
        [id](storage::Transaction& each) { return each.registration(id).value_or(storage::Registration{}); });
  }
};

TEST_F(StartRegistration, RecordsSomebodyNew) {
  json::object body = wanted();
  body["email"] = "ada@example.org";
  body["givenName"] = "Ada";
  body["surName"] = "Lovelace";
  body["phoneNumber"] = "+37412345678";
  body["redirectUrl"] = "https://site.example/welcome?x=1";
  body["clientIp"] = "2001:db8::1";
  const auto reply = start(body);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const auto answer = body_of(reply);
  EXPECT_EQ(header(reply, "Location"), "/v1/registrations/" + text_of(answer, "id"));
  EXPECT_EQ(text_of(answer, "type"), "registration");
  EXPECT_EQ(text_of(answer, "state"), "started");
  EXPECT_EQ(text_of(answer, "expiresAt"), "2026-01-01T00:10:00Z");
  EXPECT_EQ(text_of(answer, "liveUrl"), "/nopass/t/" + text_of(answer, "ticket"));
  EXPECT_FALSE(answer.contains("registerLink")) << "the site has it: it called NoPass itself";
  const auto made = stored(reply);
  EXPECT_EQ(made.login, "Ada");
  EXPECT_EQ(made.login_key, "ada");
  EXPECT_EQ(made.profile.email, "ada@example.org");
  EXPECT_EQ(made.profile.sur_name, "Lovelace");
  EXPECT_EQ(made.started_by, storage::Party::site);
}

TEST_F(StartRegistration, KeepsDigestsAlone) {
  const auto reply = start(wanted());
  const auto made = stored(reply);
  EXPECT_EQ(made.otp, store->digest(storage::SecretKind::otp, "otp-of-ada"));
  EXPECT_EQ(made.ticket, store->digest(storage::SecretKind::ticket, text_of(body_of(reply), "ticket")));
  EXPECT_EQ(made.binding, store->digest(storage::SecretKind::binding, "0123456789abcdef"));
}

TEST_F(StartRegistration, RaisesItsEvent) {
  const auto id = text_of(body_of(start(wanted())), "id");
  const auto events = body_of(get("/v1/events"));
  const auto& event = events.at("data").at(0).as_object();
  EXPECT_EQ(text_of(event, "type"), "nopass.registration.started");
  EXPECT_EQ(event.at("data"), (json::object{{"registrationId", id}, {"by", "site"}}));
}

TEST_F(StartRegistration, RefusesALoginThatExists) {
  add_user("ada");
  EXPECT_TRUE(is_problem(start(wanted()), 409));
}

TEST_F(StartRegistration, RefusesAnOtpThatIsKnown) {
  EXPECT_EQ(start(wanted()).status, 201);
  const auto reply = start_with("login", "somebody else");
  EXPECT_TRUE(is_problem(reply, 409));
  EXPECT_THAT(reply.body, Not(HasSubstr("otp-of-ada")));
}

TEST_F(StartRegistration, RefusesWhileThePortalIsNotRegistered) {
  transact([](storage::Transaction& transaction) {
    transaction.save_portal(storage::Portal{});
    return true;
  });
  EXPECT_TRUE(is_problem(start(wanted()), 409));
}

TEST_F(StartRegistration, LinksAKnownExternalIdToItsUser) {
  const auto ada = add_user("Ada", "ext-1");
  const auto made = stored(start(linked("ext-1")));
  EXPECT_EQ(made.user_id, ada);
  EXPECT_EQ(made.login, "Ada");
  EXPECT_EQ(made.external_id, "ext-1");
  json::object same = linked("ext-1");
  same["login"] = "ADA";
  same["otp"] = "another";
  EXPECT_EQ(start(same).status, 201) << "his own login, in another spelling";
  same["login"] = "eve";
  same["otp"] = "a third";
  EXPECT_TRUE(is_problem(start(same), 409));
}

TEST_F(StartRegistration, RecordsAnUnknownExternalIdForCreation) {
  json::object body = linked("ext-2");
  const auto nameless = start(body);
  EXPECT_TRUE(is_problem(nameless, 422));
  EXPECT_EQ(pointers(nameless), std::vector<std::string>{"/login"});
  body["login"] = "grace";
  const auto made = stored(start(body));
  EXPECT_EQ(made.external_id, "ext-2");
  EXPECT_EQ(made.login, "grace");
  EXPECT_EQ(made.user_id, "");
}

TEST_F(StartRegistration, LinksALoginWithoutAnExternalId) {
  const auto ada = add_user("ada");
  json::object body = linked("ext-3");
  body["login"] = "ada";
  EXPECT_EQ(stored(start(body)).user_id, ada);
}

TEST_F(StartRegistration, RefusesALoginOfAnotherExternalId) {
  add_user("ada", "ext-1");
  json::object body = linked("ext-4");
  body["login"] = "ada";
  EXPECT_TRUE(is_problem(start(body), 409));
}

TEST_F(StartRegistration, ChecksEveryMember) {
  EXPECT_EQ(pointers(start(json::object{})), (std::vector<std::string>{"/for", "/binding"}));
  EXPECT_EQ(pointers(start_with("for", "old")), std::vector<std::string>{"/for"});
  EXPECT_EQ(pointers(start_with("for", json::object{})), std::vector<std::string>{"/for/externalId"});
  EXPECT_EQ(pointers(start_with("for", {{"externalId", "x"}, {"more", 1}})), std::vector<std::string>{"/for/more"});
  EXPECT_EQ(pointers(start_with("login", nullptr)), std::vector<std::string>{"/login"});
  EXPECT_EQ(pointers(start_with("login", "")), std::vector<std::string>{"/login"});
  EXPECT_EQ(pointers(start_with("email", json::string(2085, 'x'))), std::vector<std::string>{"/email"});
  EXPECT_EQ(pointers(start_with("givenName", 1)), std::vector<std::string>{"/givenName"});
  EXPECT_EQ(pointers(start_with("clientIp", "x")), std::vector<std::string>{"/clientIp"});
  EXPECT_EQ(pointers(start_with("binding", "short")), std::vector<std::string>{"/binding"});
  for (const char* url : {"javascript:alert(1)", "/relative", "https://", "nonsense", "ftp://site.example/"}) {
    EXPECT_EQ(pointers(start_with("redirectUrl", url)), std::vector<std::string>{"/redirectUrl"}) << url;
  }
}

TEST_F(StartRegistration, TakesAnOtpOnlyWhereOwnCallsAreConfigured) {
  settings.own_calls = false;
  EXPECT_EQ(pointers(start(wanted())), std::vector<std::string>{"/otp"});
}

}  // namespace nopassd::testing
