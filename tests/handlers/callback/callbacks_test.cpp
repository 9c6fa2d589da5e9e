// The way of a request: paths, methods, and the order in which it is refused.
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {
namespace {

using Callbacks = CallbackTest;
constexpr const char* garbage = "{\"portalId\":";

TEST(CallbackPaths, AreElevenBelowOneRoot) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(find(std::string(path_root) + std::string(names[i])), i);
    EXPECT_EQ(find(std::string(path_root) + std::string(names[i]) + "/"), names.size());
  }
  for (const char* path :
       {"", "/", "/api/PortalCommunication", "/api/PortalCommunication/", "/api/portalcommunication/AddUsers",
        "/api/PortalCommunication/addusers", "/x/api/PortalCommunication/AddUsers"}) {
    EXPECT_EQ(find(path), names.size()) << path;
  }
}

TEST_F(Callbacks, RefuseAnUnknownPathBeforeAnythingElse) {
  expect_nothing_here(
      send({.path = "/api/PortalCommunication/Nothing", .body = garbage, .method = "PUT", .content_type = "a/b"}));
}

TEST_F(Callbacks, RefuseTheMethodBeforeTheWindowAndTheRegistration) {
  for (const std::string_view name : names) {
    for (const char* method : {"GET", "PUT", "HEAD", "OPTIONS", "DELETE", "post"}) {
      const Reply reply = send({.path = std::string(name), .body = garbage, .method = method, .content_type = "a/b"});
      expect_refusal(reply, 405, "115");
      EXPECT_THAT(reply.headers, ::testing::Contains(::testing::Pair("Allow", "POST")));
    }
  }
}

TEST_F(Callbacks, RefuseWithoutWindowOrRegistrationBeforeTheContentType) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Reply reply = send({.path = std::string(names[i]), .body = garbage, .content_type = "text/plain"});
    if (i < 2) {
      expect_nothing_here(reply);
    } else {
      expect_refusal(reply, 403, "112");
    }
  }
}

TEST_F(Callbacks, RefuseTheContentTypeAndEncodingBeforeTheJson) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i < 3) prepare(i);  // a window, a challenge, and a registered portal for the rest
    const std::string name(names[i]);
    expect_refusal(send({.path = name, .body = garbage, .content_type = "text/plain"}), 415, "115");
    expect_refusal(send({.path = name, .body = garbage, .content_type = "a/json; charset=latin1"}), 415, "115");
    expect_refusal(send({.path = name, .body = garbage, .content_encoding = "gzip"}), 415, "115");
  }
}

TEST_F(Callbacks, RefuseTheJsonBeforeTheMembers) {
  register_portal();
  for (std::size_t i = 2; i < names.size(); ++i) {
    expect_refusal(post(names[i], garbage), 400, "100");
    expect_refusal(post(names[i], "[]"), 400, "100");
    expect_refusal(post(names[i], "{\"x\":" + std::string(16, '[') + std::string(16, ']') + "}"), 400, "100");
  }
}

TEST_F(Callbacks, RefuseTheMembersBeforeTheRecord) {
  register_portal();
  expect_refusal(post("CloseSession", R"({"authId":"unknown","portalId":"other"})"), 400, "104");
  expect_refusal(post("AuthorizedUser", R"({"authId":"unknown"})"), 400, "102");
  expect_refusal(post("ConfirmUserRegistration", R"({"otp":"unknown","portalId":""})"), 400, "103");
}

TEST_F(Callbacks, RefuseTheRecordBeforeThePolicy) {
  settings.update_user = Policy::deny;
  register_portal();
  const std::string id(portal_id);
  const std::string updates = R"("updates":{"givenName":{"newValue":"x"}}})";
  expect_refusal(post("UpdateUser", R"({"userId":"jim","portalId":")" + id + "\"," + updates), 404, "107");
  add_user("jim");
  expect_refusal(post("UpdateUser", R"({"userId":"jim","portalId":")" + id + "\"," + updates), 400, "111");
}

TEST_F(Callbacks, ListAllFaultsOfTheMembersAtOnce) {
  register_portal();
  const Reply reply = post("UpdatePicture", R"({"image":"!","userId":" x","nextChange":"soon","a":1,"A":2})");
  EXPECT_EQ(reply.status, 400U);
  EXPECT_THAT(codes(reply), ::testing::UnorderedElementsAre("103", "102", "110", "103", "103"));
  EXPECT_THAT(messages(reply),
              ::testing::UnorderedElementsAre(::testing::AnyOf("a is given twice", "A is given twice"),
                                              "authId is missing", "image is not a base64 PNG-8 picture",
                                              "nextChange is not an integer", "userId begins or ends with a space"));
}

TEST_F(Callbacks, TakeAnyJsonContentTypeOrNone) {
  for (const char* type :
       {"", "application/json", "/application/json-patch+json", "application/x+json; charset=\"utf-8\""}) {
    register_portal();
    expect_result(send({.path = "AddUsers", .body = good_body(8), .content_type = type}), true);
  }
}

TEST_F(Callbacks, IgnoreUnknownMembersButNotTheirDuplicates) {
  prepare(5);
  const std::string start = R"({"authId":"auth-1","isAuthorized":true,"registerLink":{"deep":[1]},)";
  expect_refusal(post("AuthorizedUser", start + R"("x":{"y":1,"Y":2}})"), 400, "103");
  expect_result(post("AuthorizedUser", start + R"("x":1})"), true);
}

TEST_F(Callbacks, AnswerWith503WhileTheStoreCannotCommit) {
  prepare(10);
  store.close();
  storage::SqliteOptions tiny = store.options();
  tiny.max_queued = 0;
  const auto full = storage::open_sqlite(tiny);
  const Services starved{*full, hub, settings, random, patience, metrics, own_calls};
  const std::string path = std::string(path_root) + "DisableService";
  const std::string body = good_body(10);
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  const Reply reply = store.run(handle(starved, request));
  expect_refusal(reply, 503, "114");
  EXPECT_THAT(reply.headers, ::testing::Contains(::testing::Pair("Retry-After", "1")));
  EXPECT_EQ(full->portal_view()->state, storage::PortalState::registered);
}

TEST_F(Callbacks, RefuseOnTheHeaderAlone) {
  register_portal();
  const std::string path = std::string(path_root) + "AddUsers";
  Request request;
  request.method = "POST";
  request.path = path;
  EXPECT_EQ(refuse_early(services, request).status, 0U);
  request.content_type = "text/plain";
  EXPECT_EQ(refuse_early(services, request).status, 415U);
  request.method = "GET";
  EXPECT_EQ(refuse_early(services, request).status, 405U);
  request.path = "/";
  EXPECT_EQ(refuse_early(services, request).status, 404U);
}

TEST_F(Callbacks, GiveTheConnectionsRefusalsTheirShape) {
  const Request request;
  const Reply large = refusal(settings, 8, request, 413, "115", "the body is too large");
  expect_refusal(large, 413, "115");
  EXPECT_EQ(parsed(large).at("result"), json::value(false));
  const Reply often = refusal(settings, names.size(), request, 429, "113", "too many requests");
  expect_refusal(often, 429, "113");
  EXPECT_TRUE(parsed(often).at("result").is_null());
  EXPECT_THAT(often.headers, ::testing::Contains(::testing::Pair("Retry-After", "1")));
}

}  // namespace
}  // namespace nopassd::handlers::callback
