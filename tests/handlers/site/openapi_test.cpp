#include "handlers/site/openapi.hpp"

#include "storage/events.hpp"
#include "tests/handlers/site/site_fixture.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace nopassd::testing {

using Names = std::set<std::string>;
using site::Endpoint;

namespace {

constexpr std::string_view schema_prefix = "#/components/schemas/";

const json::object& document() {
  static const json::object whole = site::openapi_document("0.1.0");
  return whole;
}

const json::object& schemas() { return document().at("components").at("schemas").as_object(); }

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return result;
}

const json::object& operation(const Endpoint& endpoint) {
  return document().at("paths").at(endpoint.path).at(lower(endpoint.method)).as_object();
}

Names words(std::string_view list) {
  Names found;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    found.insert(std::string(word));
  }
  return found;
}

Names keys_of(const json::object& object) {
  Names found;
  for (const auto& member : object) found.insert(std::string(member.key()));
  return found;
}

Names texts_of(const json::value& array) {
  Names found;
  for (const json::value& each : array.as_array()) found.insert(std::string(each.as_string()));
  return found;
}

std::string request_schema(const Endpoint& endpoint) {
  std::string name = std::string(endpoint.name) + "Request";
  name.front() = static_cast<char>(name.front() - 0x20);
  return name;
}

void visit(const json::value& value, const std::function<void(const json::object&)>& look) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& each : *array) visit(each, look);
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return;
  look(*object);
  for (const auto& member : *object) visit(member.value(), look);
}

/// Where the document's references point to.
Names references() {
  Names found;
  visit(json::value(document()), [&found](const json::object& object) {
    const json::value* target = object.if_contains("$ref");
    if (target != nullptr && target->is_string()) found.insert(std::string(target->as_string()));
  });
  return found;
}

class SiteOpenApi : public SiteTest {};

}  // namespace

TEST_F(SiteOpenApi, IsServedToWhoeverCanConnect) {
  peer.known = false;
  peer.scopes.reset();
  const auto reply = get("/openapi.json");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/json");
  const json::object body = body_of(reply);
  EXPECT_EQ(body, document());
  EXPECT_EQ(text_of(body, "openapi"), "3.1.0");
  EXPECT_EQ(text_of(body.at("info").as_object(), "version"), "0.1.0");
}

TEST_F(SiteOpenApi, IsNotSentTwiceToWhoHasIt) {
  Ask ask{"GET", "/openapi.json", {}};
  ask.if_none_match = header(get("/openapi.json"), "ETag");
  const auto again = call(ask);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(header(again, "ETag"), ask.if_none_match);
  ask.if_none_match = "\"another\"";
  EXPECT_EQ(call(ask).status, 200);
}

TEST(OpenApi, HasEveryEndpointAndNoOther) {
  Names wanted;
  for (const Endpoint& endpoint : site::endpoints()) {
    wanted.insert(lower(endpoint.method) + ' ' + std::string(endpoint.path) + ' ' + std::string(endpoint.name));
  }
  Names found;
  for (const auto& path : document().at("paths").as_object()) {
    for (const auto& each : path.value().as_object()) {
      const auto id = text_of(each.value().as_object(), "operationId");
      found.insert(std::string(each.key()) + ' ' + std::string(path.key()) + ' ' + id);
    }
  }
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(found.size(), site::endpoints().size());
}

TEST(OpenApi, HasASchemaForEveryAnswer) {
  for (const Endpoint& endpoint : site::endpoints()) {
    for (const site::Answer& answer : site::answers_of(endpoint)) {
      const bool is_media_type = answer.schema.find('/') != answer.schema.npos;
      if (answer.schema.empty() || is_media_type) continue;
      EXPECT_TRUE(schemas().contains(answer.schema)) << endpoint.name << ": " << answer.schema;
    }
  }
}

TEST(OpenApi, DocumentsEveryAnswerOfTheTable) {
  for (const Endpoint& endpoint : site::endpoints()) {
    const json::object& responses = operation(endpoint).at("responses").as_object();
    for (const site::Answer& answer : site::answers_of(endpoint)) {
      EXPECT_TRUE(responses.contains(std::to_string(answer.status))) << endpoint.name << ": " << answer.status;
    }
    for (const char* status : {"400", "401", "403", "405", "422"}) {
      EXPECT_TRUE(responses.contains(status)) << endpoint.name << ": " << status;
    }
    EXPECT_EQ(responses.contains("415"), !endpoint.members.empty()) << endpoint.name;
    if (endpoint.scope) {
      EXPECT_TRUE(responses.contains("503")) << endpoint.name;
    }
  }
}

TEST(OpenApi, DescribesTheMembersThatTheEndpointTakes) {
  for (const Endpoint& endpoint : site::endpoints()) {
    ASSERT_EQ(operation(endpoint).contains("requestBody"), !endpoint.members.empty()) << endpoint.name;
    if (endpoint.members.empty()) continue;
    const std::string name = request_schema(endpoint);
    ASSERT_TRUE(schemas().contains(name)) << name;
    const json::object& schema = schemas().at(name).as_object();
    EXPECT_EQ(keys_of(schema.at("properties").as_object()), words(endpoint.members)) << name;
    EXPECT_EQ(schema.at("additionalProperties"), json::value(false)) << name;
  }
}

TEST(OpenApi, DescribesTheParametersThatTheEndpointTakes) {
  for (const Endpoint& endpoint : site::endpoints()) {
    Names wanted;
    for (const std::string& word : words(endpoint.parameters)) wanted.insert(word.substr(0, word.find('*')));
    Names found;
    const json::value* parameters = operation(endpoint).if_contains("parameters");
    if (parameters != nullptr) {
      for (const json::value& each : parameters->as_array()) {
        const json::object& parameter = each.as_object();
        if (parameter.contains("$ref")) continue;
        EXPECT_FALSE(text_of(parameter, "description").empty()) << endpoint.name << ' ' << each;
        EXPECT_TRUE(parameter.contains("schema")) << endpoint.name << ' ' << each;
        EXPECT_TRUE(parameter.contains("example")) << endpoint.name << ' ' << each;
        if (text_of(parameter, "in") == "query") found.insert(text_of(parameter, "name"));
      }
    }
    EXPECT_EQ(found, wanted) << endpoint.name;
  }
}

TEST(OpenApi, ResolvesEveryReference) {
  for (const std::string& reference : references()) {
    ASSERT_EQ(reference.front(), '#') << reference;
    json::error_code error;
    EXPECT_NE(json::value(document()).find_pointer(reference.substr(1), error), nullptr) << reference;
  }
}

TEST(OpenApi, HasNoSchemaThatNobodyUses) {
  const Names used = references();
  for (const std::string& name : keys_of(schemas())) {
    EXPECT_TRUE(used.contains(std::string(schema_prefix) + name)) << name;
  }
}

TEST(OpenApi, DescribesEverySchemaAndProperty) {
  for (const auto& [name, schema] : schemas()) {
    EXPECT_FALSE(text_of(schema.as_object(), "description").empty()) << name;
    visit(schema, [name = name](const json::object& object) {
      const json::value* properties = object.if_contains("properties");
      if (properties == nullptr || object.contains("const")) return;
      for (const auto& [member, property] : properties->as_object()) {
        const json::object& described = property.as_object();
        EXPECT_TRUE(described.contains("description") || described.contains("$ref") || described.contains("const"))
            << name << ": " << member;
      }
    });
  }
}

TEST(OpenApi, HasAnExampleOfEverySuccessAndOfEveryBody) {
  for (const Endpoint& endpoint : site::endpoints()) {
    const json::object& documented = operation(endpoint);
    if (const json::value* body = documented.if_contains("requestBody")) {
      for (const auto& media : body->at("content").as_object()) {
        EXPECT_TRUE(media.value().as_object().contains("example")) << endpoint.name;
      }
    }
    for (const auto& [status, response] : documented.at("responses").as_object()) {
      const json::value* content = response.as_object().if_contains("content");
      if (content == nullptr) continue;
      for (const auto& [media, described] : content->as_object()) {
        if (media == "image/png") continue;
        EXPECT_TRUE(described.as_object().contains("example")) << endpoint.name << ' ' << status << ' ' << media;
      }
    }
  }
}

TEST(OpenApi, GivesEveryRefusalAProblemWithItsStatus) {
  for (const auto& [name, response] : document().at("components").at("responses").as_object()) {
    const json::value& media = response.at("content").at("application/problem+json");
    EXPECT_EQ(text_of(media.at("schema").as_object(), "$ref"), "#/components/schemas/Problem") << name;
    EXPECT_NE(text_of(media.at("example").as_object(), "title"), "Error") << name;
  }
}

TEST(OpenApi, ListsTheScopesAndTypesThatThereAre) {
  const Names scopes(site::scope_names.begin(), site::scope_names.end());
  EXPECT_EQ(texts_of(schemas().at("Scope").at("enum")), scopes);
  const json::value& schemes = document().at("components").at("securitySchemes");
  EXPECT_EQ(keys_of(schemes.at("client").at("flows").at("clientCredentials").at("scopes").as_object()), scopes);

  const auto full_names = [](const std::vector<std::string_view>& types) {
    Names names;
    for (const std::string_view type : types) names.insert("nopass." + std::string(type));
    return names;
  };
  EXPECT_EQ(texts_of(schemas().at("EventType").at("enum")), full_names(storage::event_types()));
  EXPECT_EQ(texts_of(schemas().at("LiveEventType").at("enum")), full_names(storage::live_event_types()));
}

TEST(OpenApi, WantsTheScopeOfTheTableOrNoSchemeAtAll) {
  for (const Endpoint& endpoint : site::endpoints()) {
    const json::array& security = operation(endpoint).at("security").as_array();
    EXPECT_EQ(security.front(), json::value(json::object())) << endpoint.name;
    if (!endpoint.scope) continue;
    const json::array wanted{site::scope_names[static_cast<std::size_t>(*endpoint.scope)]};
    EXPECT_EQ(security.back().at("client"), json::value(wanted)) << endpoint.name;
  }
}

TEST(OpenApi, TellsWhatHeadersARefusalHas) {
  const auto names = [](std::string_view response) {
    const json::object& whole = document().at("components").at("responses").at(response).as_object();
    return whole.contains("headers") ? keys_of(whole.at("headers").as_object()) : Names{};
  };
  EXPECT_TRUE(names("Unauthorized").contains("WWW-Authenticate"));
  EXPECT_TRUE(names("MethodNotAllowed").contains("Allow"));
  EXPECT_TRUE(names("TooManyRequests").contains("Retry-After"));
  EXPECT_TRUE(names("NotFound").contains("X-Rate-Limit-Remaining"));
  EXPECT_TRUE(names("ContentTooLarge").empty());
}

}  // namespace nopassd::testing
