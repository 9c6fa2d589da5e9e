#include "tests/handlers/site/access_fixture.hpp"

namespace nopassd::testing {

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

/// "Basic " and the base64 of `pair`, the slow way round.
std::string basic(const std::string& pair) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits;
  for (const char byte : pair) {
    for (int bit = 7; bit >= 0; --bit) bits += ((static_cast<unsigned char>(byte) >> bit) & 1) != 0 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  std::string text;
  for (std::size_t i = 0; i < bits.size(); i += 6) text += alphabet[std::stoul(bits.substr(i, 6), nullptr, 2)];
  while (text.size() % 4 != 0) text += '=';
  return "Basic " + text;
}

constexpr const char* bare_form = "grant_type=client_credentials";

}  // namespace

class SiteToken : public AccessTest {
 protected:
  void SetUp() override { client = make(R"("events:read","users:read")"); }

  /// The reply is problem+json that says this to RFC 6749's readers, too.
  static ::testing::AssertionResult refuses(const handlers::Reply& reply, unsigned status, const std::string& error) {
    auto problem = is_problem(reply, status);
    const json::object body = body_of(reply);
    const std::string description = text_of(body, "error_description");
    const bool plain = description.find_first_of("\"\\") == description.npos;
    const bool says = text_of(body, "error") == error && description == text_of(body, "detail") && plain;
    const bool challenges = header(reply, "WWW-Authenticate") == (status == 401 ? "Basic realm=\"nopassd\"" : "");
    if (!problem || (says && challenges && header(reply, "Cache-Control") == "no-store")) return problem;
    return ::testing::AssertionFailure() << reply.status << ' ' << reply.body;
  }

  MadeClient client;
};

TEST_F(SiteToken, IsGivenForIdAndSecret) {
  const auto reply = ask_token(form_of(client));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  const auto body = body_of(reply);
  EXPECT_EQ(body.size(), 4U);
  EXPECT_EQ(text_of(body, "access_token").size(), 43U) << "256 bits";
  EXPECT_EQ(text_of(body, "token_type"), "Bearer");
  EXPECT_EQ(body.at("expires_in"), 3600);
  EXPECT_EQ(text_of(body, "scope"), "events:read users:read");
}

TEST_F(SiteToken, IsANewOneEachTimeAndKeptAsAKeyedDigest) {
  const std::string first = token_of(client);
  EXPECT_NE(first, token_of(client));
  const auto digest = store->digest(storage::SecretKind::access_token, first);
  const auto kept = transact([digest](storage::Transaction& transaction) { return *transaction.access_token(digest); });
  EXPECT_EQ(kept.client_id, client.id);
  EXPECT_EQ(kept.expires_at, clock.now() + std::chrono::hours(1));
}

TEST_F(SiteToken, IsForWhoeverCanConnect) {
  peer.known = false;
  peer.scopes.reset();
  EXPECT_EQ(ask_token(form_of(client)).status, 200U);
}

TEST_F(SiteToken, TakesIdAndSecretFromHttpBasicToo) {
  EXPECT_EQ(ask_token(bare_form, basic(client.id + ":" + client.secret)).status, 200U);
  EXPECT_EQ(
      ask_token(std::string(bare_form) + "&client_id=" + client.id, basic(client.id + ":" + client.secret)).status,
      200U);
  std::string encoded = client.id;
  encoded.replace(8, 1, "%2d");
  EXPECT_EQ(ask_token(bare_form, basic(encoded + ":" + client.secret)).status, 200U) << "form-encoded: RFC 6749, 2.3.1";
  std::string lower = basic(client.id + ":" + client.secret);
  lower.replace(0, 5, "bASIC");
  EXPECT_EQ(ask_token(bare_form, lower).status, 200U);
}

TEST_F(SiteToken, IsRefusedAlikeForAWrongSecretAndAnUnknownId) {
  const auto wrong = ask_token(form_of({client.id, std::string(43, 'x')}));
  EXPECT_TRUE(refuses(wrong, 401, "invalid_client"));
  const MadeClient nobody{"00000000-0000-4000-8000-000000000000", client.secret};
  EXPECT_EQ(ask_token(form_of(nobody)).body, wrong.body);
  EXPECT_EQ(ask_token(form_of({"nobody", "nothing"})).body, wrong.body);
  EXPECT_EQ(ask_token(bare_form, basic(client.id + ":wrong")).body, wrong.body);
  EXPECT_THAT(wrong.body, Not(HasSubstr("xxx")));
  EXPECT_THAT(wrong.log_note, Not(HasSubstr("xxx")));
}

TEST_F(SiteToken, IsRefusedWithoutIdAndSecret) {
  for (const std::string& form : {std::string(bare_form), std::string(bare_form) + "&client_id=" + client.id,
                                  std::string(bare_form) + "&client_secret=" + client.secret,
                                  std::string(bare_form) + "&client_secret=&client_id=" + client.id}) {
    EXPECT_TRUE(refuses(ask_token(form), 401, "invalid_client")) << form;
  }
  for (const std::string& header :
       {std::string("Basic"), std::string("Basic "), std::string("Basic !"), basic("no colon"),
        basic(client.id + ":%z"), "Bearer " + client.secret, std::string("given twice")}) {
    EXPECT_TRUE(refuses(ask_token(bare_form, header), 401, "invalid_client")) << header;
  }
}

TEST_F(SiteToken, IsRefusedToTheSecretInTwoPlaces) {
  const std::string header = basic(client.id + ":" + client.secret);
  EXPECT_TRUE(refuses(ask_token(form_of(client), header), 400, "invalid_request"));
  EXPECT_TRUE(refuses(ask_token(std::string(bare_form) + "&client_id=other", header), 400, "invalid_request"));
}

TEST_F(SiteToken, IsRefusedToAFaultyForm) {
  EXPECT_TRUE(refuses(ask_token(""), 400, "invalid_request"));
  EXPECT_TRUE(refuses(ask_token("client_id=a&client_secret=b"), 400, "invalid_request"));
  EXPECT_TRUE(refuses(ask_token("grant_type=password"), 400, "unsupported_grant_type"));
  EXPECT_TRUE(refuses(ask_token("grant_type=%zz"), 400, "invalid_request"));
  for (const char* name : {"grant_type", "client_id", "client_secret", "scope"}) {
    const auto twice = ask_token(form_of(client) + "&scope=events:read&" + name + "=");
    EXPECT_TRUE(refuses(twice, 400, "invalid_request")) << name;
    EXPECT_THAT(twice.body, HasSubstr(name));
  }
}

TEST_F(SiteToken, IgnoresParametersThatItDoesNotKnow) {
  EXPECT_EQ(ask_token(form_of(client) + "&audience=a&audience=b&resource").status, 200U);
}

TEST_F(SiteToken, IsAskedForWithAFormAlone) {
  for (const char* type : {"application/json", "text/plain", "", "multipart/form-data; boundary=x",
                           "application/x-www-form-urlencoded; charset=latin1"}) {
    EXPECT_TRUE(is_problem(call({"POST", "/oauth/token", form_of(client), type}), 415)) << type;
  }
  const char* told = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
  EXPECT_EQ(call({"POST", "/oauth/token", form_of(client), told}).status, 200U);
  EXPECT_EQ(pointers(call({"POST", "/oauth/token?scope=admin", form_of(client), told})),
            std::vector<std::string>{"/scope"});
}

TEST_F(SiteToken, GrantsAPartOfTheClientsScopes) {
  auto reply = ask_token(form_of(client) + "&scope=users:read");
  EXPECT_EQ(text_of(body_of(reply), "scope"), "users:read");
  reply = ask_token(form_of(client) + "&scope=users%3Aread+events%3Aread");
  EXPECT_EQ(text_of(body_of(reply), "scope"), "events:read users:read");
}

TEST_F(SiteToken, GrantsNoScopeThatTheClientLacks) {
  const auto refused = ask_token(form_of(client) + "&scope=users:read+admin");
  EXPECT_TRUE(refuses(refused, 400, "invalid_scope"));
  EXPECT_THAT(refused.body, HasSubstr("does not have admin"));
  for (const char* scope : {"root", "+", "users:read++events:read", "users:read+", "USERS:READ", "%22%5c%0a"}) {
    EXPECT_TRUE(refuses(ask_token(form_of(client) + "&scope=" + scope), 400, "invalid_scope")) << scope;
  }
}

TEST_F(SiteToken, CountsEachRequestInThePeersQuota) {
  const auto left = [](const handlers::Reply& reply) { return std::stoi(header(reply, "X-Rate-Limit-Remaining")); };
  const int before = left(get("/v1/info"));
  EXPECT_EQ(left(ask_token(form_of({client.id, "wrong"}))), before - 1);
  EXPECT_EQ(left(ask_token(form_of(client))), before - 2);
  while (quotas.take(peer.principal, store->now()).granted) continue;
  EXPECT_TRUE(is_problem(ask_token(form_of(client)), 429)) << "whoever guesses does not learn which guess was right";
}

TEST_F(SiteToken, CountsWhatWasIssuedAndRefused) {
  token_of(client);
  ask_token(form_of({client.id, "wrong"}));
  ask_token(bare_form);
  ask_token("grant_type=password");
  EXPECT_EQ(metrics.tokens_issued.value(), 1U);
  EXPECT_EQ(metrics.tokens_refused.value(), 2U);
  const std::string text = get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("nopassd_tokens_total{result=\"issued\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("nopassd_tokens_total{result=\"refused\"} 2\n"));
}

}  // namespace nopassd::testing
