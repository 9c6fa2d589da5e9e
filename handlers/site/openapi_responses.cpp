// The responses of the OpenAPI document: those that the table names, and what the dispatcher answers by itself.
#include "handlers/site/openapi.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <map>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr unsigned first_refusal = 400;

const json::object* schema_named(std::string_view name, const OpenApiParts& parts) {
  const json::value* schema = parts.schemas().if_contains(name);
  return schema == nullptr ? nullptr : schema->if_object();
}

/// A problem is what has `errors`.
std::string media_type_of(std::string_view schema, const OpenApiParts& parts) {
  if (schema.find('/') != schema.npos) return std::string(schema);
  const json::object& found = parts.schemas().at(schema).as_object();
  if (const json::value* type = found.if_contains("contentMediaType")) return std::string(type->as_string());
  const json::value* properties = found.if_contains("properties");
  const bool problem = properties != nullptr && properties->as_object().contains("errors");
  return problem ? "application/problem+json" : "application/json";
}

/// What the daemon would say, word for word.
json::value example_of(unsigned status, const json::object& refusal) {
  const std::string detail(refusal.at("detail").as_string());
  Faults faults;
  if (status == 422) faults.parameter("page", detail);
  const Reply reply = faults.empty() ? problem(status, detail) : refuse(faults);
  return json::parse(json::string_view(reply.body));
}

void add_header(json::object& headers, std::string_view name) {
  headers[name] = {{"$ref", fmt::format("#/components/headers/{}", name)}};
}

json::object headers_of(unsigned status, bool has_etag) {
  json::object headers;
  if (status == 413) return headers;  // the connection says so before anybody asks who it is
  for (const std::string_view name : {"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"}) {
    add_header(headers, name);
  }
  if (has_etag && (status == 200 || status == 304)) add_header(headers, "ETag");
  if (status == 201) add_header(headers, "Location");
  if (status == 401) add_header(headers, "WWW-Authenticate");
  if (status == 405) add_header(headers, "Allow");
  if (status == 429 || status == 503) add_header(headers, "Retry-After");
  return headers;
}

std::string description_of(const Answer& answer, const OpenApiParts& parts) {
  if (answer.status == 304) return "Nothing has changed since that `ETag`.";
  const json::object* schema = schema_named(answer.schema, parts);
  const std::string what = schema == nullptr ? "Done." : std::string(schema->at("description").as_string());
  if (answer.status == 201) return "Made. " + what;
  if (answer.status == 202) return "Begun. " + what;
  return what;
}

const json::object& refusal_of(unsigned status, const OpenApiParts& parts) {
  return parts.responses.at(std::to_string(status)).as_object();
}

json::object refusal_response(unsigned status, const OpenApiParts& parts) {
  const json::object& refusal = refusal_of(status, parts);
  json::object response{{"description", refusal.at("description")}};
  if (json::object headers = headers_of(status, false); !headers.empty()) response["headers"] = std::move(headers);
  json::object content = content_of("Problem", status, parts);
  content["example"] = example_of(status, refusal);
  response["content"] = {{"application/problem+json", std::move(content)}};
  return response;
}

json::object first_response(const Answer& answer, bool has_etag, const OpenApiParts& parts) {
  if (answer.status >= first_refusal) {
    json::object response = refusal_response(answer.status, parts);
    response["content"].emplace_object();
    return response;
  }
  return {{"description", description_of(answer, parts)}, {"headers", headers_of(answer.status, has_etag)}};
}

json::object reference(unsigned status, const OpenApiParts& parts) {
  const std::string name(refusal_of(status, parts).at("name").as_string());
  return {{"$ref", "#/components/responses/" + name}};
}

/// What the dispatcher answers before an endpoint is asked, and what the store brings about.
std::vector<unsigned> common_refusals(const Endpoint& endpoint) {
  std::vector<unsigned> statuses{400, 401, 403, 405, 422};
  const bool is_probe = endpoint.path == "/livez" || endpoint.path == "/readyz" || endpoint.path == "/metrics";
  if (!is_probe) statuses.push_back(429);
  if (endpoint.path.find('{') != endpoint.path.npos) statuses.push_back(404);
  const bool takes_body = !endpoint.members.empty();
  if (takes_body) statuses.insert(statuses.end(), {413, 415});
  if (takes_body || endpoint.scope) statuses.insert(statuses.end(), {500, 503});
  return statuses;
}

}  // namespace

json::object content_of(std::string_view schema, unsigned status, const OpenApiParts& parts) {
  const json::object* found = schema_named(schema, parts);
  if (found == nullptr) return {};
  json::object content{{"schema", {{"$ref", fmt::format("#/components/schemas/{}", schema)}}}};
  const json::value* examples = found->if_contains("examples");
  if (examples == nullptr) return content;
  for (const json::value& example : examples->as_array()) {
    const json::object* object = example.if_object();
    const json::value* said = object == nullptr ? nullptr : object->if_contains("status");
    const bool says_another = said != nullptr && object->contains("errors") && *said != status;
    if (!says_another) content.emplace("example", example);
  }
  return content;
}

json::object shared_responses(const OpenApiParts& parts) {
  json::object responses;
  for (const auto& refusal : parts.responses) {
    const auto status = static_cast<unsigned>(std::stoul(std::string(refusal.key())));
    responses[refusal.value().at("name").as_string()] = refusal_response(status, parts);
  }
  return responses;
}

json::object responses_of(const Endpoint& endpoint, const OpenApiParts& parts) {
  const std::vector<Answer> answers = answers_of(endpoint);
  bool has_etag = false;
  for (const Answer& answer : answers) has_etag = has_etag || answer.status == 304;

  std::map<unsigned, json::object> by_status;
  for (const Answer& answer : answers) {
    if (answer.status >= first_refusal && answer.schema.empty()) {
      by_status[answer.status] = reference(answer.status, parts);
      continue;
    }
    json::object& response = by_status[answer.status];
    if (response.empty()) response = first_response(answer, has_etag, parts);
    if (answer.schema.empty()) continue;
    json::value& content = response["content"];
    if (content.is_null()) content.emplace_object();
    content.get_object()[media_type_of(answer.schema, parts)] = content_of(answer.schema, answer.status, parts);
  }
  for (const unsigned status : common_refusals(endpoint)) by_status.try_emplace(status, reference(status, parts));

  json::object responses;
  for (auto& [status, response] : by_status) responses[std::to_string(status)] = std::move(response);
  return responses;
}

}  // namespace nopassd::handlers::site
