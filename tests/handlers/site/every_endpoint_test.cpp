// What holds for every row of the table of endpoints of one kind: lists, resources with an ETag, views of users.
#include "handlers/site/body.hpp"
#include "handlers/site/endpoints.hpp"
#include "tests/handlers/site/site_fixture.hpp"

#include <functional>
#include <map>
#include <set>

namespace nopassd::testing {

using site::Scope;

namespace {
constexpr const char* binding = "0123456789abcdef";
}

/// One of everything, so that each path can be filled.
class EveryEndpoint : public SiteTest {
 protected:
  EveryEndpoint() {
    register_portal();
    user_ = add_user("Ada", "ext-1");
    session_ = made("POST", "/v1/sessions", {{"login", "Ada"}, {"binding", binding}, {"authId", "a-1"}});
    transact([this](storage::Transaction& each) { return each.show_picture(session_, "first", each.now()); });
    registration_ =
        made("POST", "/v1/registrations", {{"for", "new"}, {"login", "Eve"}, {"binding", binding}, {"otp", "otp-1"}});
    client_ = made("POST", "/v1/clients", {{"name", "shop"}, {"scopes", {"users:read"}}});
    made("PUT", "/v1/consumers/mail", {});
  }

  std::string made(std::string method, std::string path, const json::object& body) {
    const auto reply = call({std::move(method), std::move(path), json::serialize(body)});
    EXPECT_EQ(reply.status, 201U) << reply.body;
    return text_of(body_of(reply), "id");
  }

  /// The path of a row with something that is there in its {…}.
  std::string filled(std::string_view path) {
    std::string text(path);
    const auto fill = [&text](std::string_view placeholder, const std::string& value) {
      if (const auto at = text.find(placeholder); at != text.npos) text.replace(at, placeholder.size(), value);
    };
    if (path.starts_with("/v1/sessions")) fill("{id}", session_);
    if (path.starts_with("/v1/registrations")) fill("{id}", registration_);
    if (path.starts_with("/v1/clients")) fill("{id}", client_);
    if (path.starts_with("/v1/users")) fill("{id}", user_);
    fill("{name}", "mail");
    EXPECT_EQ(text.find('{'), text.npos) << "nothing to fill " << path << " with";
    return text;
  }

  Ask conditional(const std::string& path, std::string etags) {
    Ask ask{"GET", path, {}};
    ask.if_none_match = std::move(etags);
    return ask;
  }

  std::string user_, session_, registration_, client_;
};

TEST_F(EveryEndpoint, ThatListsRefusesPagesThatAreNone) {
  std::size_t checked = 0;
  for (const auto& row : handlers::site::endpoints()) {
    if (!site::lists(row.parameters, "offset")) continue;
    const std::string path = filled(row.path);
    for (const char* page :
         {"limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=x", "limit=99999999999999999999"}) {
      const auto reply = get(path + '?' + page);
      ASSERT_TRUE(is_problem(reply, 422)) << path << ' ' << page;
      EXPECT_EQ(pointers(reply), std::vector<std::string>{"/limit"}) << path << ' ' << page;
    }
    for (const char* page : {"offset=-1", "offset=x", "offset=99999999999999999999"}) {
      EXPECT_EQ(pointers(get(path + '?' + page)), std::vector<std::string>{"/offset"}) << path << ' ' << page;
    }
    EXPECT_EQ(pointers(get(path + "?offset=-1&limit=101")), (std::vector<std::string>{"/offset", "/limit"})) << path;
    ++checked;
  }
  EXPECT_GE(checked, 6U);
}

TEST_F(EveryEndpoint, ThatListsHasAnEmptyPagePastItsEnd) {
  for (const auto& row : handlers::site::endpoints()) {
    if (!site::lists(row.parameters, "offset")) continue;
    const std::string path = filled(row.path);
    const auto first = body_of(get(path + "?limit=100"));
    const auto total = first.at("pagination").at("total").as_int64();
    EXPECT_EQ(static_cast<std::int64_t>(first.at("data").as_array().size()), total) << path;
    EXPECT_EQ(body_of(get(path)).at("pagination"), (json::object{{"total", total}, {"offset", 0}, {"limit", 20}}));
    for (const std::int64_t offset : {total, total + 1, std::int64_t{1'000'000'000}}) {
      const auto past = body_of(get(path + "?limit=1&offset=" + std::to_string(offset)));
      EXPECT_EQ(past.at("data"), json::array()) << path << ' ' << offset;
      EXPECT_EQ(past.at("pagination"), (json::object{{"total", total}, {"offset", offset}, {"limit", 1}})) << path;
    }
  }
}

TEST_F(EveryEndpoint, ThatShowsAResourceHonoursIfNoneMatch) {
  std::size_t checked = 0;
  for (const auto& row : handlers::site::endpoints()) {
    if (!site::lists(row.answers, "304")) continue;
    const std::string path = filled(row.path);
    const auto reply = get(path);
    ASSERT_EQ(reply.status, 200U) << path << ' ' << reply.body;
    const std::string etag = header(reply, "ETag");
    ASSERT_FALSE(etag.empty()) << path;
    for (const std::string& same : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
      const auto again = call(conditional(path, same));
      EXPECT_EQ(again.status, 304U) << path << ' ' << same;
      EXPECT_EQ(again.body, "") << path;
      EXPECT_EQ(header(again, "ETag"), etag) << path;
    }
    const auto other = call(conditional(path, "\"other\""));
    EXPECT_EQ(other.status, 200U) << path;
    EXPECT_EQ(other.body, reply.body) << path;
    ++checked;
  }
  EXPECT_GE(checked, 10U);
}

TEST_F(EveryEndpoint, ThatShowsAResourceHasAnotherEtagOnceItHasChanged) {
  // What does not change while the daemon runs.
  const std::vector<std::string> fixed{"/v1", "/v1/info", "/openapi.json"};
  const auto change_portal = [this] {
    transact([](storage::Transaction& each) {
      auto portal = each.portal();
      portal.auth_token += "!";
      portal.registered_at = *portal.registered_at + std::chrono::seconds(1);
      each.save_portal(portal);
      return true;
    });
  };
  const std::map<std::string, std::function<void()>> changes{
      {"/v1/scopes", [this] { peer.scopes.reset(static_cast<std::size_t>(Scope::events_read)); }},
      {"/v1/consumers/{name}", [this] { put("/v1/consumers/mail", R"({"types":["nopass.user.updated"]})"); }},
      {"/v1/sessions/{id}/picture",
       [this] {
         transact([this](storage::Transaction& each) { return each.show_picture(session_, "second", each.now()); });
       }},
      {"/v1/sessions/{id}",
       [this] {
         transact([this](storage::Transaction& each) {
           auto session = each.session(session_).value();
           session.expires_at += std::chrono::seconds(1);
           each.update_session(session);
           return true;
         });
       }},
      {"/v1/registrations/{id}", [this] { clock.advance(std::chrono::hours(1)); }},
      {"/v1/clients/{id}",
       [this] {
         call({"PATCH", "/v1/clients/" + client_, R"({"name":"till"})"});
       }},
      {"/v1/users/{id}", [this] { remove("/v1/users/" + user_); }},
      {"/v1/portal/credentials", change_portal},
      {"/v1/portal", change_portal}};
  for (const auto& row : handlers::site::endpoints()) {
    const std::string name(row.path);
    const bool is_fixed = std::find(fixed.begin(), fixed.end(), name) != fixed.end();
    if (!site::lists(row.answers, "304") || is_fixed) continue;
    ASSERT_TRUE(changes.contains(name)) << "say how " << name << " changes";
    const std::string path = filled(row.path);
    peer.scopes = site::all_scopes();
    const std::string before = header(get(path), "ETag");
    changes.at(name)();
    const auto after = call(conditional(path, before));
    EXPECT_EQ(after.status, 200U) << path << ' ' << after.body;
    EXPECT_NE(header(after, "ETag"), before) << path;
  }
}

/// Who sees what of a user, wherever users are shown.
class UserFields : public EveryEndpoint {
 protected:
  struct Place {
    std::string name;
    std::function<json::object()> show;
  };
  std::vector<Place> places() {
    const std::string since = text_of(body_of(get("/v1/events")), "cursor");
    transact([this](storage::Transaction& transaction) {
      transaction.append(storage::user_event("updated", *transaction.user(user_)));
      return true;
    });
    const auto first = [](const handlers::Reply& reply) { return body_of(reply).at("data").at(0).as_object(); };
    return {{"the user", [this] { return body_of(get("/v1/users/" + user_)); }},
            {"the list", [this, first] { return first(get("/v1/users")); }},
            {"PUT", [this] { return body_of(put("/v1/users/by-external-id/ext-1", R"({"login":"Ada"})")); }},
            {"an event", [this, first, since] {
               const auto event = first(get("/v1/events?expand=user&after=" + since));
               return event.at("data").at("user").as_object();
             }}};
  }
};

TEST_F(UserFields, FollowTheScopesInEveryCombination) {
  const std::map<Scope, std::vector<std::string>> fields{
      {Scope::users_email_read, {"login", "email"}},
      {Scope::users_phone_read, {"phoneNumber"}},
      {Scope::users_data_read, {"givenName", "forbiddenStore", "createdAt"}}};
  for (const Place& place : places()) {
    for (unsigned granted = 0; granted < 8; ++granted) {
      grant({Scope::users_read, Scope::users_write, Scope::events_read});
      std::set<std::string> expected{"type", "id", "externalId", "state"};
      unsigned bit = 1;
      for (const auto& [scope, names] : fields) {
        if ((granted & bit) != 0) {
          peer.scopes.set(static_cast<std::size_t>(scope));
          expected.insert(names.begin(), names.end());
        }
        bit <<= 1;
      }
      std::set<std::string> shown;
      for (const auto& member : place.show()) shown.emplace(member.key());
      EXPECT_EQ(shown, expected) << place.name << " with " << granted;
    }
  }
}

}  // namespace nopassd::testing
