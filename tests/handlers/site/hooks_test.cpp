#include "handlers/callback/base64.hpp"
#include "tests/handlers/site/site_fixture.hpp"

namespace nopassd::testing {

using site::Scope;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class SiteHooks : public SiteTest {
 protected:
  SiteHooks() { settings.hook_targets = {"https://shop.example", "unix:/run/shop.sock"}; }

  json::object make(const std::string& name, std::string body = R"({"url":"https://shop.example/nopass"})") {
    const auto reply = put("/v1/hooks/" + name, std::move(body));
    EXPECT_EQ(reply.status, 201U) << reply.body;
    return body_of(reply);
  }
  json::object show(const std::string& name) { return body_of(get("/v1/hooks/" + name)); }
  storage::Hook stored(const std::string& name) {
    return transact([name](storage::Transaction& transaction) { return transaction.hook(name).value(); });
  }
  void store(const storage::Hook& hook) {
    transact([hook](storage::Transaction& transaction) {
      transaction.update_hook(hook);
      return true;
    });
  }
};

TEST_F(SiteHooks, AreMadeFromNowOnWithASecretThatIsShownOnce) {
  append_events(3);
  const auto reply = put("/v1/hooks/shop", R"({"url":"https://shop.example/nopass","types":["nopass.user.updated"]})");
  EXPECT_EQ(reply.status, 201U);
  EXPECT_EQ(header(reply, "Location"), "/v1/hooks/shop");
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  json::object hook = body_of(reply);
  const std::string secret = text_of(hook, "secret");
  ASSERT_THAT(secret, StartsWith("whsec_"));
  EXPECT_EQ(handlers::callback::decode_base64(secret.substr(6)).value().size(), 32U);
  hook.erase("secret");
  EXPECT_EQ(show("shop"), hook);
  const auto cursor = text_of(hook, "cursor");
  const json::object expected{{"type", "hook"},
                              {"id", "shop"},
                              {"url", "https://shop.example/nopass"},
                              {"types", {"nopass.user.updated"}},
                              {"answers", false},
                              {"state", "active"},
                              {"cursor", cursor},
                              {"lag", 0},
                              {"failures", 0},
                              {"createdAt", "2026-01-01T00:00:00Z"}};
  EXPECT_EQ(hook, expected);
  append_events(2);
  EXPECT_EQ(show("shop").at("lag"), 0) << "those are not for it";
  append_events(1, "user.updated");
  append_events(1);
  EXPECT_EQ(show("shop").at("lag"), 2);
}

TEST_F(SiteHooks, AreChangedAndResumedWithoutLosingTheirPlace) {
  const json::object made = make("shop");
  append_events(2);
  storage::Hook hook = stored("shop");
  hook.paused = true;
  hook.failures = 4;
  hook.last_error = storage::HookError{clock.now(), 410, "answered 410"};
  store(hook);
  EXPECT_EQ(text_of(show("shop"), "state"), "paused");
  const auto reply = put("/v1/hooks/shop", R"({"url":"unix:/run/shop.sock:/x","answers":true})");
  EXPECT_EQ(reply.status, 200U);
  const json::object changed = body_of(reply);
  EXPECT_FALSE(changed.contains("secret"));
  EXPECT_EQ(text_of(changed, "url"), "unix:/run/shop.sock:/x");
  EXPECT_EQ(changed.at("answers"), true);
  EXPECT_EQ(text_of(changed, "state"), "active");
  EXPECT_EQ(changed.at("failures"), 0);
  EXPECT_EQ(changed.at("cursor"), made.at("cursor"));
  EXPECT_EQ(changed.at("lag"), 2);
  EXPECT_EQ(changed.at("lastError").at("status"), 410);
  EXPECT_EQ(stored("shop").secret, hook.secret);
}

TEST_F(SiteHooks, ShowTheirLastErrorAndWhetherTheyFail) {
  make("shop");
  storage::Hook hook = stored("shop");
  hook.failures = 1;
  hook.last_error = storage::HookError{clock.now(), 0, "cannot connect: refused"};
  store(hook);
  const json::object seen = show("shop");
  EXPECT_EQ(text_of(seen, "state"), "failing");
  EXPECT_EQ(seen.at("lastError"),
            (json::object{{"time", "2026-01-01T00:00:00Z"}, {"detail", "cannot connect: refused"}}));
  EXPECT_FALSE(seen.contains("lastDeliveredAt"));
}

TEST_F(SiteHooks, AreListedByNameInPages) {
  for (const char* name : {"c", "a", "b"}) make(name);
  const auto page = body_of(get("/v1/hooks?offset=1&limit=1"));
  ASSERT_EQ(page.at("data").as_array().size(), 1U);
  EXPECT_EQ(text_of(page.at("data").as_array()[0].as_object(), "id"), "b");
  EXPECT_EQ(page.at("pagination"), (json::object{{"total", 3}, {"offset", 1}, {"limit", 1}}));
}

TEST_F(SiteHooks, AreRemovedWithTheirPlace) {
  make("shop");
  EXPECT_EQ(remove("/v1/hooks/shop").status, 204U);
  EXPECT_TRUE(is_problem(get("/v1/hooks/shop"), 404));
  EXPECT_TRUE(is_problem(remove("/v1/hooks/shop"), 404));
  EXPECT_TRUE(is_problem(post("/v1/hooks/shop/test", ""), 404));
  EXPECT_TRUE(transact([](storage::Transaction& transaction) { return transaction.consumers().empty(); }));
}

TEST_F(SiteHooks, AreRefusedWithEveryFault) {
  EXPECT_THAT(
      pointers(put("/v1/hooks/Shop", R"({"url":"ftp://x","types":["user.updated",1],"answers":"yes","more":1})")),
      ElementsAre("/more", "/name", "/url", "/types/0", "/types/1", "/answers"));
  EXPECT_THAT(pointers(put("/v1/hooks/shop", "{}")), ElementsAre("/url"));
  EXPECT_THAT(pointers(put("/v1/hooks/shop", R"({"url":7,"types":{}})")), ElementsAre("/url", "/types"));
  EXPECT_THAT(pointers(get("/v1/hooks?limit=0&page=1")), ElementsAre("/page", "/limit"));
  EXPECT_TRUE(is_problem(get("/v1/hooks/shop"), 404));
}

TEST_F(SiteHooks, LieUnderTheTargetsAndAreNoneOfOurSockets) {
  for (const char* url : {"https://shop.example.evil/", "https://a@shop.example/", "https://shop.example/../x",
                          "http://shop.example/", "unix:/run/shop.sock2"}) {
    EXPECT_THAT(pointers(put("/v1/hooks/shop", R"({"url":")" + std::string(url) + "\"}")), ElementsAre("/url")) << url;
  }
  hook_caller.objectionable = "unix:/run/shop.sock:/own";
  const auto own = put("/v1/hooks/shop", R"({"url":"unix:/run/shop.sock:/own"})");
  EXPECT_THAT(pointers(own), ElementsAre("/url"));
  EXPECT_THAT(own.body, ::testing::HasSubstr("is our own"));
  settings.hook_targets.clear();
  EXPECT_THAT(put("/v1/hooks/shop", R"({"url":"https://shop.example/"})").body,
              ::testing::HasSubstr("hooks.targets is empty"));
}

TEST_F(SiteHooks, AreForOperatorsAlone) {
  make("shop");
  peer.scopes = site::all_scopes();
  peer.scopes.reset(static_cast<std::size_t>(Scope::admin));
  for (const auto& reply : {get("/v1/hooks"), get("/v1/hooks/shop"), put("/v1/hooks/shop", "{}"),
                            remove("/v1/hooks/shop"), post("/v1/hooks/shop/test", "")}) {
    EXPECT_TRUE(is_problem(reply, 403));
    EXPECT_THAT(reply.body, ::testing::HasSubstr("admin"));
  }
}

TEST_F(SiteHooks, AreNoConsumersToAnybody) {
  make("shop");
  EXPECT_EQ(body_of(get("/v1/consumers")).at("data").as_array().size(), 0U);
  for (const char* name : {"hook:shop", "hook%3Ashop"}) {
    const std::string path = "/v1/consumers/" + std::string(name);
    EXPECT_TRUE(is_problem(get(path), 404));
    EXPECT_TRUE(is_problem(get(path + "/events"), 404));
    EXPECT_TRUE(is_problem(post(path + "/ack", R"({"through":"1.1"})"), 404));
    EXPECT_TRUE(is_problem(remove(path), 404));
    EXPECT_TRUE(is_problem(put(path, "{}"), 422));
  }
}

TEST_F(SiteHooks, BeginAnewWhenTheirEventsWereGivenUp) {
  make("shop");
  append_events(2);
  transact([](storage::Transaction& transaction) {
    auto consumer = transaction.consumer("hook:shop").value();
    consumer.retired = true;
    transaction.update_consumer(consumer);
    return true;
  });
  EXPECT_EQ(text_of(show("shop"), "state"), "paused");
  const auto resumed = body_of(put("/v1/hooks/shop", R"({"url":"https://shop.example/nopass"})"));
  EXPECT_EQ(text_of(resumed, "state"), "active");
  EXPECT_EQ(resumed.at("lag"), 0);
}

TEST_F(SiteHooks, AreTestedWithAnEventOfItsOwn) {
  const std::string secret = text_of(make("shop"), "secret");
  hook_caller.answer(204);
  EXPECT_EQ(body_of(post("/v1/hooks/shop/test", "")),
            (json::object{{"delivered", true}, {"status", 204}, {"milliseconds", 7}}));
  ASSERT_EQ(hook_caller.sent.size(), 1U);
  const auto event = json::parse(hook_caller.sent[0].body).as_object();
  EXPECT_EQ(text_of(event, "type"), "nopass.hook.test");
  EXPECT_EQ(text_of(event, "id"), hook_caller.header(0, "webhook-id"));
  EXPECT_EQ(event.at("data"), (json::object{{"name", "shop"}}));
  EXPECT_THAT(hook_caller.header(0, "webhook-signature"), StartsWith("v1,"));
  EXPECT_EQ(body_of(get("/v1/events")).at("data").as_array().size(), 0U);
}

TEST_F(SiteHooks, CountNoFailureOfATest) {
  make("shop");
  const json::object before = show("shop");
  hook_caller.answer(0, "", "cannot connect: refused");
  EXPECT_EQ(body_of(post("/v1/hooks/shop/test", "")),
            (json::object{{"delivered", false}, {"detail", "cannot connect: refused"}, {"milliseconds", 7}}));
  hook_caller.answer(410);
  EXPECT_EQ(body_of(post("/v1/hooks/shop/test", "")),
            (json::object{{"delivered", false}, {"status", 410}, {"detail", "answered 410"}, {"milliseconds", 7}}));
  EXPECT_EQ(show("shop"), before);
}

TEST_F(SiteHooks, TellWhoDrivesThemOfEveryChange) {
  handlers::Interest interest;
  interest.types = {"hook.changed"};
  interest.live = true;
  const auto told = hub.subscribe(interest);
  make("shop", R"({"url":"https://shop.example/","answers":true})");
  put("/v1/hooks/shop", R"({"url":"https://shop.example/"})");
  remove("/v1/hooks/shop");
  std::vector<json::object> data;
  for (const auto& event : told->take_live()) data.push_back(event.data);
  EXPECT_THAT(data, ElementsAre(json::object{{"name", "shop"}, {"answers", true}},
                                json::object{{"name", "shop"}, {"answers", false}},
                                json::object{{"name", "shop"}, {"answers", false}}));
}

}  // namespace nopassd::testing
