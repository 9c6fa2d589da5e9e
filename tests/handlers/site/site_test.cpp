#include "handlers/site/site.hpp"

#include "handlers/site/endpoints.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using handlers::site::Scope;

class SiteDispatch : public SiteTest {};

TEST_F(SiteDispatch, RefusesAPeerThatNobodyConfigured) {
  peer.known = false;
  const auto reply = get("/v1/portal");
  EXPECT_TRUE(is_problem(reply, 401));
  EXPECT_EQ(header(reply, "WWW-Authenticate"), "Bearer realm=\"nopassd\"");
  EXPECT_EQ(get("/v1/no-such-thing").status, 401) << "a stranger does not learn which paths exist";
}

TEST_F(SiteDispatch, AnswersWhatNeedsNoScopeToAnybody) {
  peer.known = false;
  for (const char* path : {"/v1", "/v1/scopes", "/v1/info", "/livez", "/readyz"}) {
    EXPECT_EQ(get(path).status, 200) << path;
  }
}

TEST_F(SiteDispatch, RefusesForwardedRequests) {
  Ask ask{"GET", "/livez", {}};
  ask.forwarded = true;
  EXPECT_TRUE(is_problem(call(ask), 403));
}

TEST_F(SiteDispatch, SaysHowMuchOfTheQuotaIsLeft) {
  const auto first = get("/v1/info");
  EXPECT_EQ(header(first, "X-Rate-Limit-Limit"), "1000");
  EXPECT_EQ(header(first, "X-Rate-Limit-Remaining"), "999");
  EXPECT_EQ(header(first, "X-Rate-Limit-Reset"), "60");
  EXPECT_EQ(header(get("/nowhere"), "X-Rate-Limit-Remaining"), "998") << "refusals count and tell too";
}

TEST_F(SiteDispatch, RefusesMoreThanTheQuota) {
  for (int i = 0; i < 1000; ++i) quotas.take(peer.principal, store->now());
  const auto reply = get("/v1/info");
  EXPECT_TRUE(is_problem(reply, 429));
  EXPECT_EQ(header(reply, "Retry-After"), "60");
  EXPECT_EQ(header(reply, "X-Rate-Limit-Remaining"), "0");
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(get("/v1/info").status, 200);
}

TEST_F(SiteDispatch, RefusesPathsThatAreNone) {
  for (const char* path : {"/", "/v1/", "/v2", "/v1/portal/", "/v1//portal", "/v1/sessions/a/b", "/V1", "/v1/users/%zz",
                           "/v1/sessions//picture", ""}) {
    EXPECT_TRUE(is_problem(get(path), 404)) << path;
  }
}

TEST_F(SiteDispatch, NamesTheMethodsThatAPathHas) {
  const auto reply = call({"PATCH", "/v1/consumers/mail", {}});
  EXPECT_TRUE(is_problem(reply, 405));
  EXPECT_EQ(header(reply, "Allow"), "GET, PUT, DELETE");
  EXPECT_EQ(header(call({"HEAD", "/v1/info", {}}), "Allow"), "GET");
  EXPECT_EQ(call({"get", "/v1/info", {}}).status, 405) << "methods are compared exactly";
}

TEST_F(SiteDispatch, NamesTheScopeThatIsMissing) {
  std::size_t checked = 0;
  for (const auto& endpoint : handlers::site::endpoints()) {
    if (!endpoint.scope) continue;
    peer.scopes = site::all_scopes();
    peer.scopes.reset(static_cast<std::size_t>(*endpoint.scope));
    const auto reply = call({std::string(endpoint.method), std::string(endpoint.path), {}});
    EXPECT_TRUE(is_problem(reply, 403)) << endpoint.path;
    const auto scope = site::scope_names[static_cast<std::size_t>(*endpoint.scope)];
    EXPECT_THAT(reply.body, ::testing::HasSubstr(std::string(scope))) << endpoint.path;
    ++checked;
  }
  EXPECT_EQ(checked, 48U);
}

TEST_F(SiteDispatch, ChecksThePathBeforeTheScopeAndTheScopeBeforeTheBody) {
  grant({});
  EXPECT_EQ(get("/v1/nothing").status, 404);
  EXPECT_EQ(call({"PATCH", "/v1/sessions", "x"}).status, 405);
  EXPECT_EQ(post("/v1/sessions", "x").status, 403);
}

TEST_F(SiteDispatch, ReadsJsonAlone) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin1",
                           "application/vnd.api+json", "application/json; charset"}) {
    EXPECT_TRUE(is_problem(call({"POST", "/v1/sessions", "{}", type}), 415)) << type;
  }
  for (const char* type :
       {"application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;charset=utf-8"}) {
    EXPECT_EQ(call({"POST", "/v1/sessions", "{}", type}).status, 422) << type;
  }
  Ask packed{"POST", "/v1/sessions", "{}"};
  packed.content_encoding = "gzip";
  EXPECT_TRUE(is_problem(call(packed), 415));
}

TEST_F(SiteDispatch, RefusesBodiesThatAreNoObject) {
  for (const char* body : {"[]", "nonsense", "\"\"", "{\"a\":1"}) {
    EXPECT_TRUE(is_problem(post("/v1/sessions", body), 400)) << body;
  }
}

TEST_F(SiteDispatch, ListsAllFaultsAtOnce) {
  const auto reply = post("/v1/sessions?page=2", R"({"binding":"short","extra":1,"login":" x","login":"y"})");
  EXPECT_TRUE(is_problem(reply, 422));
  EXPECT_EQ(pointers(reply), (std::vector<std::string>{"/page", "/login", "/extra", "/binding"}));
}

TEST_F(SiteDispatch, RefusesUnknownParametersEverywhere) {
  for (const auto& endpoint : handlers::site::endpoints()) {
    const auto reply = call({std::string(endpoint.method), std::string(endpoint.path) + "?surprise=1", {}});
    ASSERT_TRUE(is_problem(reply, 422)) << endpoint.method << ' ' << endpoint.path;
    EXPECT_EQ(pointers(reply).front(), "/surprise") << endpoint.method << ' ' << endpoint.path;
  }
}

TEST_F(SiteDispatch, RefusesUnknownMembersEverywhere) {
  for (const auto& endpoint : handlers::site::endpoints()) {
    if (endpoint.form) continue;  // RFC 6749 wants them ignored
    const auto reply = call({std::string(endpoint.method), std::string(endpoint.path), R"({"surprise":1})"});
    ASSERT_TRUE(is_problem(reply, 422)) << endpoint.method << ' ' << endpoint.path;
    EXPECT_EQ(pointers(reply).front(), "/surprise") << endpoint.method << ' ' << endpoint.path;
  }
}

TEST_F(SiteDispatch, RefusesAParameterThatIsGivenTwice) {
  const auto reply = get("/v1/sessions?limit=1&limit=2");
  EXPECT_TRUE(is_problem(reply, 422));
  EXPECT_EQ(pointers(reply), std::vector<std::string>{"/limit"});
}

TEST_F(SiteDispatch, RefusesAQueryThatCannotBeDecoded) { EXPECT_TRUE(is_problem(get("/v1/users?login=%ff"), 400)); }

TEST(SiteProblem, HasTheShapeOfRfc9457) {
  const auto reply = site::problem(413, "the body is too large");
  EXPECT_TRUE(is_problem(reply, 413));
  const auto body = body_of(reply);
  EXPECT_EQ(text_of(body, "type"), "about:blank");
  EXPECT_EQ(text_of(body, "title"), "Content Too Large");
  EXPECT_EQ(text_of(body, "detail"), "the body is too large");
}

TEST(SiteMayWait, IsTrueForStreamsAndLongPollsAlone) {
  const auto asks = [](std::string_view method, std::string_view path, std::string_view query,
                       std::string_view accept) {
    handlers::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.accept = accept;
    return site::may_wait(request);
  };
  EXPECT_TRUE(asks("GET", "/v1/events", "", "text/event-stream"));
  EXPECT_TRUE(asks("GET", "/v1/events", "wait=5", ""));
  EXPECT_TRUE(asks("GET", "/v1/consumers/mail/events", "limit=1&wait=60", ""));
  EXPECT_FALSE(asks("GET", "/v1/events", "wait=0", ""));
  EXPECT_FALSE(asks("GET", "/v1/events", "", "application/json"));
  EXPECT_FALSE(asks("GET", "/v1/portal", "", "text/event-stream"));
  EXPECT_FALSE(asks("POST", "/v1/sessions", "wait=5", ""));
}

}  // namespace nopassd::testing
