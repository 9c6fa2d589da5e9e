#include "handlers/site/endpoints.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace {

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

struct Fit {
  std::vector<std::string> values;  // of the {…}
  std::string shape;                // a letter a segment: 'a' for one that is written out, 'b' for {…}
};

/// Nothing when `path` does not fit `pattern`.
std::optional<Fit> fit(std::string_view pattern, std::string_view path) {
  Fit found;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(pattern);
    const std::string_view given = next_segment(path);
    const bool written_out = !wanted.starts_with('{');
    found.shape += written_out ? 'a' : 'b';
    if (written_out && wanted != given) return std::nullopt;
    if (written_out) continue;
    auto value = percent_decode(given, false);
    if (!value || value->empty()) return std::nullopt;
    found.values.push_back(std::move(*value));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return found;
}

}  // namespace

Match match(std::string_view path) {
  Match found;
  if (!path.starts_with('/')) return found;
  std::string best;
  for (const Endpoint& endpoint : endpoints()) {
    auto fitting = fit(endpoint.path, path);
    if (!fitting) continue;
    // Where two patterns take a path, the one wins that is written out sooner.
    if (!best.empty() && fitting->shape > best) continue;
    if (fitting->shape != best) found.endpoints.clear();
    best = std::move(fitting->shape);
    found.endpoints.push_back(&endpoint);
    found.values = std::move(fitting->values);
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

bool is_operator_action(const Request& request, const Reply& reply) {
  if (reply.endpoint < 0 || reply.status >= 400 || request.method == "GET") return false;
  const Endpoint& endpoint = endpoints()[static_cast<std::size_t>(reply.endpoint)];
  return endpoint.scope == Scope::admin || endpoint.method == "DELETE" || endpoint.name == "restoreUser" ||
         endpoint.name == "answerQuestion";
}

}  // namespace nopassd::handlers::site
