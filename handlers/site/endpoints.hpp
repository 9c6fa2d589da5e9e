#pragma once
// The table of endpoints: what this version serves. Routing, GET /v1, the 405s, the scopes, the checks of unknown
// parameters and members, and the OpenAPI document all come from it. The rows stand in endpoint_table.cpp.
#include "handlers/site/call.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

/// A handler gets a Call that outlives it. When `call.faults` is not empty it refuses with them and its own.
using Handler = asio::awaitable<Reply> (*)(Call& call);

struct Endpoint {
  std::string_view name;  // the operationId; a body's schema has the name with a capital and "Request" after it
  std::string_view method;
  std::string_view path;       // "{…}" stands for one segment
  std::optional<Scope> scope;  // none: answered to whoever could connect
  Handler handler;
  std::string_view parameters;  // of the query, separated by spaces; `name*` may be repeated
  std::string_view members;     // of the body, separated by spaces
  std::string_view summary;     // one sentence
  std::string_view answers;     // "201:Session 404 409": successes with their schema, and refusals of its own
  bool form = false;            // the body is application/x-www-form-urlencoded, and the handler reads it itself
};

std::span<const Endpoint> endpoints();

/// Whether something was done that an operator, or somebody who looks into it later, wants to find in the log: changes
/// of the portal, clients, hooks, configuration and backups, deletions, restorations, answers to questions.
bool is_operator_action(const Request& request, const Reply& reply);

/// The endpoints of one path, with the values of its {…}. Empty when the path is none of ours.
struct Match {
  std::vector<const Endpoint*> endpoints;
  std::vector<std::string> values;

  const Endpoint* method(std::string_view name) const;
  std::string allow() const;  // "GET, POST"
  bool open() const;          // none of them needs a scope
};
Match match(std::string_view path);

}  // namespace nopassd::handlers::site
