#include "handlers/site/endpoints.hpp"

#include "handlers/site/resources.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace {

constexpr std::string_view page = "offset limit";
constexpr std::string_view none;

constexpr std::array table = {
    Endpoint{"GET", "/livez", std::nullopt, show_livez, none, none},
    Endpoint{"GET", "/readyz", std::nullopt, show_readyz, none, none},
    Endpoint{"GET", "/v1", std::nullopt, list_endpoints, none, none},
    Endpoint{"GET", "/v1/scopes", std::nullopt, show_scopes, none, none},
    Endpoint{"GET", "/v1/info", std::nullopt, show_info, none, none},
    Endpoint{"GET", "/v1/portal", Scope::portal_read, show_portal, none, none},
    Endpoint{"POST", "/v1/portal/registration", Scope::admin, open_window, none, none},
    Endpoint{"DELETE", "/v1/portal/registration", Scope::admin, close_window, none, none},
    Endpoint{"GET", "/v1/sessions", Scope::sessions_read, list_sessions, "offset limit state userId", none},
    Endpoint{"POST", "/v1/sessions", Scope::sessions_write, start_session, none,
             "userId externalId login binding clientIp authId image nextChange"},
    Endpoint{"GET", "/v1/sessions/{id}", Scope::sessions_read, show_session, none, none},
    Endpoint{"DELETE", "/v1/sessions/{id}", Scope::sessions_write, end_session, none, none},
    Endpoint{"GET", "/v1/sessions/{id}/picture", Scope::sessions_read, show_picture, none, none},
    Endpoint{"GET", "/v1/registrations", Scope::registrations_read, list_registrations, "offset limit state", none},
    Endpoint{"POST", "/v1/registrations", Scope::registrations_write, start_registration, none,
             "for login email givenName surName phoneNumber binding redirectUrl clientIp otp"},
    Endpoint{"GET", "/v1/registrations/{id}", Scope::registrations_read, show_registration, none, none},
    Endpoint{"GET", "/v1/users", Scope::users_read, list_users, "offset limit login email externalId state", none},
    Endpoint{"GET", "/v1/users/{id}", Scope::users_read, show_user, none, none},
    Endpoint{"GET", "/v1/events", Scope::events_read, read_events, "after limit wait type*", none},
    Endpoint{"GET", "/v1/consumers", Scope::events_read, list_consumers, page, none},
    Endpoint{"GET", "/v1/consumers/{name}", Scope::events_read, show_consumer, none, none},
    Endpoint{"PUT", "/v1/consumers/{name}", Scope::events_read, put_consumer, none, "from types"},
    Endpoint{"DELETE", "/v1/consumers/{name}", Scope::events_read, remove_consumer, none, none},
    Endpoint{"GET", "/v1/consumers/{name}/events", Scope::events_read, read_consumer, "limit wait", none},
    Endpoint{"POST", "/v1/consumers/{name}/ack", Scope::events_read, acknowledge, none, "through"},
};

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// The values of {…} when `path` fits `pattern`.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::string_view path) {
  std::vector<std::string> values;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(pattern);
    const std::string_view given = next_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != given) return std::nullopt;
      continue;
    }
    auto value = percent_decode(given, false);
    if (!value || value->empty()) return std::nullopt;
    values.push_back(std::move(*value));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return values;
}

}  // namespace

std::span<const Endpoint> endpoints() { return table; }

Match match(std::string_view path) {
  Match found;
  if (!path.starts_with('/')) return found;
  for (const Endpoint& endpoint : table) {
    auto values = fit(endpoint.path, path);
    if (!values) continue;
    found.endpoints.push_back(&endpoint);
    found.values = std::move(*values);
  }
  return found;
}

const Endpoint* Match::method(std::string_view name) const {
  const auto found =
      std::find_if(endpoints.begin(), endpoints.end(), [name](const Endpoint* each) { return each->method == name; });
  return found == endpoints.end() ? nullptr : *found;
}

std::string Match::allow() const {
  std::string methods;
  for (const Endpoint* endpoint : endpoints) {
    if (!methods.empty()) methods += ", ";
    methods += endpoint->method;
  }
  return methods;
}

bool Match::open() const {
  return !endpoints.empty() &&
         std::all_of(endpoints.begin(), endpoints.end(), [](const Endpoint* each) { return !each->scope; });
}

}  // namespace nopassd::handlers::site
