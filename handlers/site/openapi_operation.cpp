// One operation of the OpenAPI document but for its responses.
#include "handlers/site/openapi.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

/// The words of a list that are separated by spaces.
std::vector<std::string_view> words_of(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    words.push_back(list.substr(0, list.find(' ')));
    list.remove_prefix(std::min(list.size(), words.back().size() + 1));
  }
  return words;
}

/// The tag of a path is its resource; what belongs to none is the service's.
std::string tag_of(std::string_view path, const OpenApiParts& parts) {
  constexpr std::string_view root = "/v1/";
  if (path.starts_with("/oauth/")) return "clients";
  if (path.starts_with(root)) {
    path.remove_prefix(root.size());
    const std::string_view resource = path.substr(0, path.find('/'));
    for (const json::value& tag : parts.frame.at("tags").as_array()) {
      if (std::string_view(tag.at("name").as_string()) == resource) return std::string(resource);
    }
  }
  return "service";
}

std::string_view scope_of(const Endpoint& endpoint) { return scope_names[static_cast<std::size_t>(*endpoint.scope)]; }

/// The peer of the socket needs no scheme at all, so an empty alternative comes first.
json::array security_of(const Endpoint& endpoint) {
  json::array scopes;
  if (endpoint.scope) scopes.emplace_back(scope_of(endpoint));
  json::array security;
  security.emplace_back(json::object());
  for (const std::string_view scheme : {"token", "client"}) {
    if (!endpoint.form) security.emplace_back(json::object{{scheme, scopes}});
  }
  // What takes a form issues tokens.
  if (endpoint.form) security.emplace_back(json::object{{"secret", json::array()}});
  return security;
}

json::object parameter(std::string_view name, std::string_view in, const json::object& table,
                       const Endpoint& endpoint) {
  json::object made{{"name", name}, {"in", in}};
  if (in == "path") made["required"] = true;
  const json::value* entry = table.if_contains(fmt::format("{}.{}", endpoint.name, name));
  if (entry == nullptr) entry = &table.at(name);
  for (const auto& member : entry->as_object()) made[member.key()] = member.value();
  return made;
}

json::object header_parameter(std::string_view name) {
  return {{"$ref", fmt::format("#/components/parameters/{}", name)}};
}

json::array parameters_of(const Endpoint& endpoint, const OpenApiParts& parts) {
  json::array parameters;
  std::string_view path = endpoint.path;
  for (std::size_t begin = path.find('{'); begin != path.npos; begin = path.find('{')) {
    const std::size_t end = path.find('}');
    parameters.push_back(
        parameter(path.substr(begin + 1, end - begin - 1), "path", parts.parameters.at("path").as_object(), endpoint));
    path.remove_prefix(end + 1);
  }
  for (std::string_view name : words_of(endpoint.parameters)) {
    if (name.ends_with('*')) name.remove_suffix(1);
    parameters.push_back(parameter(name, "query", parts.parameters.at("query").as_object(), endpoint));
  }
  for (const Answer& answer : answers_of(endpoint)) {
    if (answer.status == 304) parameters.push_back(header_parameter("If-None-Match"));
    if (answer.schema == "EventStream") parameters.push_back(header_parameter("Last-Event-ID"));
  }
  return parameters;
}

json::object request_body(const Endpoint& endpoint, const OpenApiParts& parts) {
  constexpr char to_capital = 'A' - 'a';
  std::string schema = fmt::format("{}Request", endpoint.name);
  schema.front() = static_cast<char>(schema.front() + to_capital);
  json::object body;
  body["required"] = parts.schemas().at(schema).as_object().contains("required");
  json::object content;
  content[endpoint.form ? "application/x-www-form-urlencoded" : "application/json"] = content_of(schema, 0, parts);
  body["content"] = std::move(content);
  return body;
}

}  // namespace

std::vector<Answer> answers_of(const Endpoint& endpoint) {
  std::vector<Answer> answers;
  for (const std::string_view word : words_of(endpoint.answers)) {
    Answer answer;
    const std::string_view digits = word.substr(0, word.find(':'));
    for (const char digit : digits) answer.status = answer.status * 10 + static_cast<unsigned>(digit - '0');
    if (digits.size() < word.size()) answer.schema = word.substr(digits.size() + 1);
    answers.push_back(answer);
  }
  return answers;
}

json::object operation_of(const Endpoint& endpoint, const OpenApiParts& parts) {
  json::object operation;
  operation["operationId"] = endpoint.name;
  operation["tags"].emplace_array().emplace_back(tag_of(endpoint.path, parts));
  operation["summary"] = endpoint.summary;
  operation["description"] = endpoint.scope ? fmt::format("Needs the scope `{}`.", scope_of(endpoint))
                                            : std::string("Answers whoever can connect.");
  operation["security"] = security_of(endpoint);
  if (json::array parameters = parameters_of(endpoint, parts); !parameters.empty()) {
    operation["parameters"] = std::move(parameters);
  }
  if (!endpoint.members.empty()) operation["requestBody"] = request_body(endpoint, parts);
  operation["responses"] = responses_of(endpoint, parts);
  return operation;
}

}  // namespace nopassd::handlers::site
