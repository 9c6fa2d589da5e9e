#pragma once
// Clients with a secret, and requests with their tokens.
#include "tests/handlers/site/site_fixture.hpp"

#include <fmt/format.h>

namespace nopassd::testing {

struct MadeClient {
  std::string id;
  std::string secret;
  std::string path() const { return "/v1/clients/" + id; }
  std::string principal() const { return "client:" + id; }
};

class AccessTest : public SiteTest {
 protected:
  /// `scopes` as JSON strings: R"("events:read","admin")".
  MadeClient make(std::string_view scopes) {
    const auto reply = post("/v1/clients", fmt::format(R"({{"name":"worker","scopes":[{}]}})", scopes));
    EXPECT_EQ(reply.status, 201U) << reply.body;
    const json::object body = body_of(reply);
    return {text_of(body, "id"), text_of(body, "secret")};
  }
  handlers::Reply patch(std::string target, std::string body) {
    return call({"PATCH", std::move(target), std::move(body)});
  }
  static std::string form_of(const MadeClient& client) {
    return "grant_type=client_credentials&client_id=" + client.id + "&client_secret=" + client.secret;
  }
  handlers::Reply ask_token(std::string form, std::string authorization = "") {
    Ask ask{"POST", "/oauth/token", std::move(form), "application/x-www-form-urlencoded"};
    ask.authorization = std::move(authorization);
    return call(std::move(ask));
  }
  std::string token_of(const MadeClient& client, const std::string& scope = "") {
    const auto reply = ask_token(form_of(client) + "&scope=" + scope);
    EXPECT_EQ(reply.status, 200U) << reply.body;
    return text_of(body_of(reply), "access_token");
  }
  static Ask with(const std::string& token, Ask ask) {
    ask.authorization = "Bearer " + token;
    return ask;
  }
  handlers::Reply get_with(const std::string& token, std::string target) {
    return call(with(token, {"GET", std::move(target), {}}));
  }
};

}  // namespace nopassd::testing
