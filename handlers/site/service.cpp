// What the daemon says of itself: the index, one's scopes, the version, its health.
#include "handlers/site/endpoints.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/storage_check.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

std::string_view name_of(Scope scope) { return scope_names[static_cast<std::size_t>(scope)]; }

}  // namespace

asio::awaitable<Reply> list_endpoints(Call& call) {
  json::array paths;
  for (const Endpoint& endpoint : endpoints()) {
    if (paths.empty() || paths.back().as_object().at("path").as_string() != endpoint.path) {
      paths.push_back({{"path", endpoint.path}, {"methods", json::array()}, {"scopes", json::object()}});
    }
    json::object& entry = paths.back().as_object();
    entry["methods"].as_array().emplace_back(endpoint.method);
    if (endpoint.scope) entry["scopes"].as_object()[endpoint.method] = name_of(*endpoint.scope);
  }
  json::object body;
  body["data"] = std::move(paths);
  co_return resource(call.request, body);
}

asio::awaitable<Reply> show_scopes(Call& call) {
  json::array scopes;
  for (std::size_t i = 0; i < scope_names.size(); ++i) {
    if (call.peer.known && call.peer.scopes.test(i)) scopes.emplace_back(scope_names[i]);
  }
  json::object body{{"type", "scopes"}, {"id", call.peer.principal}};
  body["scopes"] = std::move(scopes);
  co_return resource(call.request, body);
}

asio::awaitable<Reply> show_info(Call& call) {
  const Settings& settings = call.services.settings;
  const json::object body{{"type", "info"},
                          {"id", settings.event_source},
                          {"name", "nopassd"},
                          {"version", settings.version},
                          {"source", settings.event_source}};
  co_return resource(call.request, body);
}

asio::awaitable<Reply> show_livez(Call&) {
  const json::object body{{"live", true}};
  Reply reply = json_reply(200, body);
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

asio::awaitable<Reply> show_readyz(Call& call) {
  const Services& services = call.services;
  const bool commits = co_await services.storage_check.commits(services.store);
  json::object body{{"storage", commits ? "ok" : "failing"},
                    {"portal", storage::name_of(services.store.portal_view()->state)},
                    {"callers", services.settings.callers_anybody ? "anybody" : "listed"}};
  if (const std::int64_t expires = services.metrics.certificate_expires.value(); expires != 0) {
    const storage::TimePoint end{std::chrono::seconds(expires)};
    body["certificateDays"] = std::chrono::floor<std::chrono::days>(end - services.store.now()).count();
  }
  Reply reply = json_reply(commits ? 200 : 503, body);
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

}  // namespace nopassd::handlers::site
