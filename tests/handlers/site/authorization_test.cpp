#include "handlers/site/authorization.hpp"

#include "tests/handlers/site/access_fixture.hpp"

namespace nopassd::testing {

using handlers::site::Scope;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

::testing::AssertionResult is_bad_token(const handlers::Reply& reply) {
  if (header(reply, "WWW-Authenticate") == R"(Bearer realm="nopassd", error="invalid_token")") {
    return is_problem(reply, 401);
  }
  return ::testing::AssertionFailure() << reply.status << ' ' << reply.body;
}

int left(const handlers::Reply& reply) { return std::stoi(header(reply, "X-Rate-Limit-Remaining")); }

}  // namespace

class SiteAuthorization : public AccessTest {
 protected:
  void SetUp() override { client = make(R"("events:read","portal:read")"); }

  MadeClient client;
};

TEST_F(SiteAuthorization, ReplacesThePeersNameAndScopes) {
  const auto reply = get_with(token_of(client), "/v1/scopes");
  EXPECT_EQ(text_of(body_of(reply), "id"), client.principal());
  EXPECT_EQ(body_of(reply).at("scopes"), (json::array{"events:read", "portal:read"}));
  EXPECT_EQ(reply.principal, client.principal()) << "for the log";
  EXPECT_EQ(get("/v1/scopes").principal, "uid:33");
}

TEST_F(SiteAuthorization, TakesThePeersOwnScopesAway) {
  const auto reply = get_with(token_of(client), "/v1/users");
  EXPECT_TRUE(is_problem(reply, 403));
  EXPECT_EQ(header(reply, "WWW-Authenticate"),
            R"(Bearer realm="nopassd", error="insufficient_scope", scope="users:read")");
  EXPECT_EQ(get("/v1/users").status, 200U);
}

TEST_F(SiteAuthorization, ServesAPeerThatNobodyConfigured) {
  const std::string token = token_of(client);
  peer = {"uid:4711", {}, false};
  EXPECT_EQ(get_with(token, "/v1/portal").status, 200U);
  EXPECT_EQ(get("/v1/portal").status, 401U);
}

TEST_F(SiteAuthorization, TakesTheSchemeInAnyCase) {
  Ask ask{"GET", "/v1/portal", {}};
  for (const char* scheme : {"bearer ", "BEARER ", "Bearer   "}) {
    ask.authorization = scheme + token_of(client);
    EXPECT_EQ(call(ask).status, 200U) << scheme;
  }
}

TEST_F(SiteAuthorization, RefusesWhatIsNoTokenThatWasIssued) {
  const std::string token = token_of(client);
  Ask ask{"GET", "/v1/portal", {}};
  for (const std::string& header :
       {std::string("Bearer"), std::string("Bearer "), "Bearer " + token + "x", "Bearer " + token.substr(1),
        "Bearer " + token + " x", "Bearer" + token, token, "Basic " + token, "Token " + token,
        "Bearer " + client.secret, std::string("given twice"), "Bearer " + std::string(9000, 'a')}) {
    ask.authorization = header;
    const auto reply = call(ask);
    EXPECT_TRUE(is_bad_token(reply)) << header;
    EXPECT_THAT(reply.body, Not(HasSubstr(token.substr(1)))) << header;
    EXPECT_THAT(reply.log_note, Not(HasSubstr(token.substr(1)))) << header;
  }
  ask.target = "/v1/info";
  EXPECT_TRUE(is_bad_token(call(ask))) << "also where no scope is needed";
}

TEST_F(SiteAuthorization, LetsAClientHoldAHundredTokensAtMost) {
  const std::string first = token_of(client);
  for (int i = 0; i < 100; ++i) {
    clock.advance(storage::Milliseconds(1));
    token_of(client);
  }
  EXPECT_EQ(get_with(first, "/v1/portal").status, 401U);
  EXPECT_EQ(get_with(token_of(client), "/v1/portal").status, 200U);
}

TEST_F(SiteAuthorization, EndsWithTheTokensHour) {
  const std::string token = token_of(client);
  clock.advance(std::chrono::minutes(60) - std::chrono::milliseconds(1));
  EXPECT_EQ(get_with(token, "/v1/portal").status, 200U);
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(is_bad_token(get_with(token, "/v1/portal"))) << "it was not swept yet";
}

TEST_F(SiteAuthorization, FollowsTheClientsScopesAtOnce) {
  const std::string token = token_of(client);
  const std::string narrow = token_of(client, "portal:read");
  EXPECT_EQ(patch(client.path(), R"({"scopes":["events:read","users:read"]})").status, 200U);
  EXPECT_TRUE(is_problem(get_with(token, "/v1/portal"), 403));
  EXPECT_EQ(get_with(token, "/v1/users").status, 200U) << "it was given for whatever the client has";
  EXPECT_EQ(body_of(get_with(narrow, "/v1/scopes")).at("scopes"), json::array());
  EXPECT_EQ(patch(client.path(), R"({"scopes":["portal:read"]})").status, 200U);
  EXPECT_EQ(get_with(narrow, "/v1/portal").status, 200U);
}

TEST_F(SiteAuthorization, GrantsNoMoreThanTheTokenWasAskedFor) {
  const std::string narrow = token_of(client, "portal:read");
  EXPECT_EQ(get_with(narrow, "/v1/portal").status, 200U);
  EXPECT_TRUE(is_problem(get_with(narrow, "/v1/events"), 403));
}

TEST_F(SiteAuthorization, EndsWithTheClientAndWithItsSecret) {
  const MadeClient other = make(R"("portal:read")");
  const std::string token = token_of(client);
  const std::string others = token_of(other);
  EXPECT_EQ(post(client.path() + "/secret", "").status, 200U);
  EXPECT_TRUE(is_bad_token(get_with(token, "/v1/portal")));
  EXPECT_EQ(get_with(others, "/v1/portal").status, 200U);
  EXPECT_EQ(remove(other.path()).status, 204U);
  EXPECT_TRUE(is_bad_token(get_with(others, "/v1/portal")));
}

TEST_F(SiteAuthorization, OwnsConsumersAsTheClient) {
  const std::string token = token_of(client);
  EXPECT_EQ(put("/v1/consumers/peers", "{}").status, 201U);
  EXPECT_EQ(call(with(token, {"PUT", "/v1/consumers/clients", "{}"})).status, 201U);
  EXPECT_TRUE(is_problem(get("/v1/consumers/clients"), 403));
  EXPECT_TRUE(is_problem(get_with(token, "/v1/consumers/peers"), 403));
  EXPECT_EQ(get_with(token_of(client), "/v1/consumers/clients").status, 200U) << "whichever token of it";
}

TEST_F(SiteAuthorization, IsTheCauseOfWhatItChanges) {
  const MadeClient writer = make(R"("users:write","users:read")");
  const std::string user = add_user("ada");
  EXPECT_EQ(call(with(token_of(writer), {"DELETE", "/v1/users/" + user, {}})).status, 202U);
  const auto history = body_of(get("/v1/users/" + user + "/history"));
  EXPECT_EQ(history.at("data").as_array().at(0).at("by"), json::string("site " + writer.principal()));
}

TEST_F(SiteAuthorization, CountsInTheClientsQuota) {
  const std::string token = token_of(client);
  const int peers = left(get("/v1/info"));
  EXPECT_EQ(left(get_with(token, "/v1/info")), 999);
  EXPECT_EQ(left(get_with(token, "/v1/info")), 998);
  EXPECT_EQ(left(get("/v1/info")), peers - 1);
  while (quotas.take(client.principal(), store->now()).granted) continue;
  EXPECT_TRUE(is_problem(get_with(token, "/v1/info"), 429));
  EXPECT_EQ(get("/v1/info").status, 200U);
}

TEST_F(SiteAuthorization, IsServedWhateverItsPeerHasUsed) {
  const std::string token = token_of(client);
  while (quotas.take(peer.principal, store->now()).granted) continue;
  EXPECT_EQ(get("/v1/portal").status, 429U);
  EXPECT_EQ(get_with(token, "/v1/portal").status, 200U);
}

TEST_F(SiteAuthorization, CountsBadTokensForThePeerAndThenLooksAtNoneOfIts) {
  const std::string token = token_of(client);
  const int before = left(get("/v1/info"));
  const auto bad = get_with("nonsense", "/v1/info");
  EXPECT_EQ(left(bad), before - 1);
  EXPECT_EQ(bad.principal, peer.principal);
  for (int i = 1; i < 1000; ++i) EXPECT_EQ(get_with("nonsense", "/v1/portal").status, 401U);
  const auto reply = get_with(token, "/v1/portal");
  EXPECT_TRUE(is_problem(reply, 429)) << "whoever guesses does not learn which guess was right";
  EXPECT_EQ(header(reply, "Retry-After"), "60");
  EXPECT_EQ(get_with(token, "/livez").status, 200U);
  peer.principal = "uid:34";
  EXPECT_EQ(get_with(token, "/v1/portal").status, 200U) << "other peers are not concerned";
  peer.principal = "uid:33";
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(get_with(token, "/v1/portal").status, 200U);
}

TEST_F(SiteAuthorization, TellsWhenTheClientWasUsedLastToTheMinute) {
  const std::string token = token_of(client);
  const auto used = [this] { return text_of(body_of(get(client.path())), "lastUsedAt"); };
  EXPECT_EQ(used(), "");
  get_with(token, "/v1/portal");
  const std::string first = storage::format_time(clock.now());
  EXPECT_EQ(used(), first);
  clock.advance(std::chrono::milliseconds(59'999));
  get_with(token, "/v1/portal");
  EXPECT_EQ(used(), first);
  clock.advance(std::chrono::milliseconds(1));
  get_with(token, "/v1/portal");
  EXPECT_EQ(used(), storage::format_time(clock.now()));
  EXPECT_EQ(text_of(body_of(get(client.path())), "name"), "worker");
}

class SiteAuthorizationOfWaiting : public SiteAuthorization {
 protected:
  std::shared_ptr<Pending> open(const std::string& token, std::string target, std::string accept = "") {
    Ask ask = with(token, {"GET", std::move(target), {}});
    ask.accept = std::move(accept);
    auto pending = begin(std::move(ask));
    run_until([this, &pending] { return pending->reply || hub.waiting() == 1; });
    EXPECT_FALSE(pending->reply);
    return pending;
  }
  std::shared_ptr<Pending> stream(const std::string& token) { return open(token, "/v1/events", "text/event-stream"); }
};

TEST_F(SiteAuthorizationOfWaiting, EndsAStreamAtTheNextBeat) {
  const auto open = stream(token_of(client));
  EXPECT_EQ(remove(client.path()).status, 204U);
  hub.end_waits();
  EXPECT_TRUE(finish(open).streamed);
  EXPECT_EQ(open->reply->principal, client.principal());
}

TEST_F(SiteAuthorizationOfWaiting, EndsAStreamBeforeTheEventThatWakesIt) {
  const auto open = stream(token_of(client));
  EXPECT_EQ(post(client.path() + "/secret", "").status, 200U);
  append_events(1);
  EXPECT_TRUE(finish(open).streamed);
  EXPECT_THAT(open->stream.text, Not(HasSubstr("challenged")));
}

TEST_F(SiteAuthorizationOfWaiting, EndsAStreamWhoseTokenLosesAScope) {
  const auto open = stream(token_of(client));
  EXPECT_EQ(patch(client.path(), R"({"scopes":["portal:read"]})").status, 200U);
  append_events(1);
  EXPECT_TRUE(finish(open).streamed);
  EXPECT_THAT(open->stream.text, Not(HasSubstr("challenged")));
}

TEST_F(SiteAuthorizationOfWaiting, EndsAStreamWithTheTokensHour) {
  const auto open = stream(token_of(client));
  clock.advance(std::chrono::hours(1));
  hub.end_waits();
  EXPECT_TRUE(finish(open).streamed);
}

TEST_F(SiteAuthorizationOfWaiting, LetsAStreamGoOnWhileTheTokenIsGood) {
  const auto open = stream(token_of(client));
  EXPECT_EQ(patch(client.path(), R"({"scopes":["events:read","portal:read","users:read"]})").status, 200U);
  append_events(1);
  run_until([&open] { return open->stream.text.find("challenged") != std::string::npos; });
  EXPECT_FALSE(open->reply);
}

TEST_F(SiteAuthorizationOfWaiting, EndsLongPollsWithoutWhatWokeThem) {
  const std::string token = token_of(client);
  EXPECT_EQ(call(with(token, {"PUT", "/v1/consumers/its", "{}"})).status, 201U);
  const auto poll = open(token, "/v1/events?wait=60");
  EXPECT_EQ(post(client.path() + "/secret", "").status, 200U);
  append_events(1);
  EXPECT_TRUE(is_bad_token(finish(poll)));
}

TEST_F(SiteAuthorizationOfWaiting, EndsTheReadingOfAConsumer) {
  const std::string token = token_of(client);
  EXPECT_EQ(call(with(token, {"PUT", "/v1/consumers/its", "{}"})).status, 201U);
  const auto poll = open(token, "/v1/consumers/its/events?wait=60");
  EXPECT_EQ(post(client.path() + "/secret", "").status, 200U);
  append_events(1);
  EXPECT_TRUE(is_bad_token(finish(poll)));
}

TEST_F(SiteAuthorizationOfWaiting, EndsTheWaitForQuestions) {
  const MadeClient answerer = make(R"("questions:answer")");
  const auto poll = open(token_of(answerer), "/v1/questions?wait=60");
  EXPECT_EQ(remove(answerer.path()).status, 204U);
  hub.end_waits();
  EXPECT_TRUE(is_bad_token(finish(poll)));
}

}  // namespace nopassd::testing
