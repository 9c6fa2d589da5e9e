#include "handlers/site/openapi.hpp"

#include "handlers/callback/ascii.hpp"
#include "handlers/site/openapi_files.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

void add_schemas(json::object& schemas, const OpenApiFile& file, const json::object& of_file) {
  for (const auto& schema : of_file) {
    if (schemas.insert(schema).second) continue;
    throw std::logic_error("a schema is there twice: " + std::string(schema.key()) + ", in " + std::string(file.name));
  }
}

std::string lower(std::string_view text) {
  std::string result;
  for (const char letter : text) result += callback::ascii_lower(letter);
  return result;
}

struct Kept {
  Reply reply;
  std::string etag;
};

/// Made once: the table and the version are those of the program.
const Kept& kept_document(std::string_view version) {
  static const Kept kept = [version] {
    Reply reply = with_etag(Request{}, json_reply(200, openapi_document(version)));
    std::string etag = reply.headers.back().second;
    return Kept{std::move(reply), std::move(etag)};
  }();
  return kept;
}

}  // namespace

const json::object& OpenApiParts::schemas() const { return frame.at("components").at("schemas").as_object(); }

OpenApiParts openapi_parts() {
  OpenApiParts parts;
  json::object schemas;
  for (const OpenApiFile& file : openapi_files()) {
    json::object object = json::parse(json::string_view(file.text.data(), file.text.size())).as_object();
    if (file.name == "frame.json") {
      parts.frame = std::move(object);
    } else if (file.name == "responses.json") {
      parts.responses = std::move(object);
    } else if (file.name == "parameters.json") {
      parts.parameters = std::move(object);
    } else {
      add_schemas(schemas, file, object);
    }
  }
  parts.frame.at("components").as_object()["schemas"] = std::move(schemas);
  return parts;
}

json::object openapi_document(std::string_view version) {
  const OpenApiParts parts = openapi_parts();
  json::object document = parts.frame;
  document.at("info").as_object()["version"] = version;
  document.at("components").as_object()["responses"] = shared_responses(parts);
  json::object& paths = document.at("paths").as_object();
  for (const Endpoint& endpoint : endpoints()) {
    json::value& path = paths[endpoint.path];
    if (path.is_null()) path.emplace_object();
    path.get_object()[lower(endpoint.method)] = operation_of(endpoint, parts);
  }
  return document;
}

asio::awaitable<Reply> show_openapi(Call& call) {
  const Kept& kept = kept_document(call.services.settings.version);
  Reply reply = kept.reply;
  if (names_etag(call.request.if_none_match, kept.etag)) {
    reply.status = 304;
    reply.content_type.clear();
    reply.body.clear();
  }
  co_return reply;
}

}  // namespace nopassd::handlers::site
