#include "handlers/site/site.hpp"

#include "handlers/callback/ascii.hpp"
#include "handlers/callback/media_type.hpp"
#include "handlers/site/authorization.hpp"
#include "handlers/site/body.hpp"
#include "handlers/site/endpoints.hpp"
#include "handlers/site/replies.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nopassd::handlers::site {

namespace {

using Refusal = std::optional<Reply>;

Refusal check_peer(const Peer& peer, const Request& request, const Match& matched) {
  if (!peer.known && !matched.open()) {
    return unauthorized("Bearer realm=\"nopassd\"", "no [[site.client]] names this peer: " + peer.principal);
  }
  if (request.forwarded) {
    return problem(403,
                   "this socket is not for proxies or browsers: Origin, Forwarded, Via and X-Forwarded-* are refused");
  }
  return std::nullopt;
}

Refusal check_quota(const Quotas::Standing& standing) {
  if (standing.granted) return std::nullopt;
  Reply reply = problem(429, "more requests than site.requests_per_minute in this minute");
  reply.headers.emplace_back("Retry-After", std::to_string(standing.reset));
  return reply;
}

Refusal check_path(const Match& matched, const Request& request) {
  if (matched.endpoints.empty()) return problem(404, "no such endpoint; GET /v1 lists them");
  if (matched.method(request.method) != nullptr) return std::nullopt;
  Reply reply = problem(405, "this path has " + matched.allow());
  reply.headers.emplace_back("Allow", matched.allow());
  return reply;
}

void check_parameters(const Endpoint& endpoint, Call& call) {
  const auto& given = call.query.all();
  for (auto parameter = given.begin(); parameter != given.end(); ++parameter) {
    const std::string& name = parameter->name;
    if (lists(endpoint.parameters, name + '*')) continue;
    const auto same = [&name](const Parameter& other) { return other.name == name; };
    if (!lists(endpoint.parameters, name)) {
      call.faults.parameter(name, "is no parameter of this endpoint");
    } else if (std::any_of(given.begin(), parameter, same)) {
      call.faults.parameter(name, "is given twice");
    } else if (parameter->value.empty()) {
      call.faults.parameter(name, "is empty; leave it out to ask without it");
    }
  }
}

bool is_utf8_of_type(std::string_view content_type, std::string_view media_type) {
  std::string lower;
  for (const char byte : content_type) {
    if (byte == ' ' || byte == '\t' || byte == '"') continue;
    lower += callback::ascii_lower(byte);
  }
  const std::string_view rest = std::string_view(lower).substr(std::min(media_type.size(), lower.size()));
  return lower.starts_with(media_type) && (rest.empty() || rest == ";charset=utf-8");
}

Refusal read_body(const Endpoint& endpoint, Call& call) {
  const Request& request = call.request;
  if (request.body.empty()) return std::nullopt;
  const std::string_view wanted = endpoint.form ? "application/x-www-form-urlencoded" : "application/json";
  if (!is_utf8_of_type(request.content_type, wanted)) {
    return problem(415, fmt::format("the body must be {} in UTF-8", wanted));
  }
  if (!callback::is_identity_encoding(request.content_encoding)) {
    return problem(415, "the body must not be compressed");
  }
  if (endpoint.form) return std::nullopt;
  auto body = parse_body(request.body, call.faults);
  if (!body) return problem(400, "the body is not a JSON object, or is nested too deeply");
  call.body = std::move(*body);
  check_members(call.body, endpoint.members, call.faults);
  return std::nullopt;
}

Refusal prepare(const Endpoint& endpoint, Call& call) {
  if (endpoint.scope && !call.may(*endpoint.scope)) return missing_scope(call.request, *endpoint.scope);
  auto query = Query::parse(call.request.query);
  if (!query) return problem(400, "the query string cannot be decoded");
  call.query = std::move(*query);
  check_parameters(endpoint, call);
  if (auto refusal = read_body(endpoint, call)) return refusal;
  const bool takes_nothing = endpoint.parameters.empty() && endpoint.members.empty();
  if (takes_nothing && !call.faults.empty()) return refuse(call.faults);
  return std::nullopt;
}

asio::awaitable<Reply> dispatch(Call& call, Match matched, Identity& who) {
  const Endpoint* endpoint = matched.method(call.request.method);
  if (endpoint != nullptr) call.endpoint = static_cast<int>(endpoint - endpoints().data());
  if (who.refusal) co_return std::move(*who.refusal);
  if (auto refusal = check_peer(call.peer, call.request, matched)) co_return std::move(*refusal);
  const bool is_probe =
      call.request.path == "/livez" || call.request.path == "/readyz" || call.request.path == "/metrics";
  if (auto refusal = check_quota(who.standing); refusal && !is_probe) co_return std::move(*refusal);
  if (auto refusal = check_path(matched, call.request)) co_return std::move(*refusal);
  call.path = std::move(matched.values);
  if (auto refusal = prepare(*endpoint, call)) co_return std::move(*refusal);
  co_return co_await endpoint->handler(call);
}

/// A form is for those who have no token yet: what they put into Authorization is for its handler.
asio::awaitable<Identity> who_asks(const Services& services, const Peer& peer, const Request& request,
                                   const Match& matched) {
  const Endpoint* endpoint = matched.method(request.method);
  if (endpoint != nullptr && endpoint->form) co_return peer_itself(services, peer);
  co_return co_await identify(services, peer, request);
}

}  // namespace

bool is_stream(const Request& request) {
  return request.method == "GET" && request.path == "/v1/events" && accepts(request.accept, "text/event-stream");
}

bool may_wait(const Request& request) {
  if (request.method != "GET") return false;
  if (is_stream(request)) return true;
  const auto query = Query::parse(request.query);
  if (!query) return false;
  const auto wait = query->find("wait");
  return wait && wait->find_first_not_of('0') != wait->npos;
}

asio::awaitable<Reply> handle(const Services& services, const Peer& peer, const Request& request,
                              StreamWriter& stream) {
  Match matched = match(request.path);
  Identity who = co_await who_asks(services, peer, request, matched);
  const Quotas::Standing standing = who.standing;
  Call call{services, who.peer, request, stream, {}, {}, {}, {}, {}};
  call.rate_headers.emplace_back("X-Rate-Limit-Limit", std::to_string(standing.limit));
  call.rate_headers.emplace_back("X-Rate-Limit-Remaining", std::to_string(standing.remaining));
  call.rate_headers.emplace_back("X-Rate-Limit-Reset", std::to_string(standing.reset));
  Reply reply = co_await dispatch(call, std::move(matched), who);
  reply.endpoint = call.endpoint;
  reply.principal = who.peer.principal;
  Metrics& metrics = services.metrics;
  if (reply.status == 429) (standing.granted ? metrics.starts_too_many : metrics.clients_too_fast).add();
  reply.headers.insert(reply.headers.end(), call.rate_headers.begin(), call.rate_headers.end());
  co_return reply;
}

}  // namespace nopassd::handlers::site
