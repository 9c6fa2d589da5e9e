#include "handlers/site/authorization.hpp"

#include "handlers/callback/ascii.hpp"
#include "handlers/site/clients.hpp"

#include <fmt/format.h>

namespace nopassd::handlers::site {

namespace {

constexpr auto used_step = std::chrono::minutes(1);
constexpr std::string_view invalid_token = R"(Bearer realm="nopassd", error="invalid_token")";

/// What follows the scheme; empty when the scheme is another.
std::string_view bearer_token(std::string_view authorization) {
  const std::size_t space = authorization.find(' ');
  if (space == authorization.npos || !callback::same_word(authorization.substr(0, space), "Bearer")) return {};
  return callback::trimmed(authorization.substr(space));
}

struct Bearer {
  storage::ApiClient client;
  Scopes scopes;
};

/// Nothing for a token that is unknown, expired or revoked.
asio::awaitable<storage::result<std::optional<Bearer>>> look_up(storage::Store& store, std::string_view text) {
  auto work = [token = store.digest(storage::SecretKind::access_token, text)](storage::Snapshot& snapshot) {
    std::optional<Bearer> bearer;
    const auto found = snapshot.access_token(token);
    if (!found || found->expires_at <= snapshot.now()) return bearer;
    auto client = snapshot.client(found->client_id);
    if (!client) return bearer;
    bearer = Bearer{std::move(*client), {}};
    bearer->scopes = scopes_named(bearer->client.scopes);
    if (!found->scopes.empty()) bearer->scopes &= scopes_named(found->scopes);
    return bearer;
  };
  co_return co_await store.read(std::move(work));
}

bool is_due(const storage::ApiClient& client, storage::TimePoint now) {
  return !client.last_used_at || now - *client.last_used_at >= used_step || now < *client.last_used_at;
}

/// Once in `used_step` a request waits for a commit. One that fails is no reason to refuse the request.
asio::awaitable<void> note_use(storage::Store& store, const storage::ApiClient& client) {
  if (!is_due(client, store.now())) co_return;
  auto work = [id = client.id](storage::Transaction& transaction) {
    auto known = transaction.client(id);
    if (!known || !is_due(*known, transaction.now())) return false;
    known->last_used_at = transaction.now();
    transaction.update_client(*known);
    return true;
  };
  co_await store.transact(std::move(work));
}

}  // namespace

Reply unauthorized(std::string_view challenge, std::string_view detail) {
  Reply reply = problem(401, detail);
  reply.headers.emplace_back("WWW-Authenticate", challenge);
  return reply;
}

Reply missing_scope(const Request& request, Scope scope) {
  const auto name = scope_names[static_cast<std::size_t>(scope)];
  Reply reply = problem(403, fmt::format("the scope {} is missing", name));
  if (!request.authorization.empty()) {
    reply.headers.emplace_back("WWW-Authenticate",
                               fmt::format(R"(Bearer realm="nopassd", error="insufficient_scope", scope="{}")", name));
  }
  return reply;
}

Identity peer_itself(const Services& services, const Peer& peer) {
  return {peer, services.quotas.take(peer.principal, services.store.now()), std::nullopt};
}

asio::awaitable<Identity> identify(const Services& services, const Peer& peer, const Request& request) {
  if (request.authorization.empty()) co_return peer_itself(services, peer);
  const std::string_view token = bearer_token(request.authorization);
  const std::string guesses = "bad tokens of " + peer.principal;
  const auto now = services.store.now();
  if (services.quotas.spent(guesses, now)) {
    const Identity too_many{peer, services.quotas.take(guesses, now), std::nullopt};
    co_return too_many;
  }
  std::optional<Bearer> bearer;
  if (!token.empty()) {
    auto looked = co_await look_up(services.store, token);
    if (!looked) {
      Identity unknown = peer_itself(services, peer);
      unknown.refusal = store_trouble(looked.error());
      co_return unknown;
    }
    bearer = std::move(*looked);
  }
  if (!bearer) {
    services.quotas.take(guesses, now);
    Identity bad = peer_itself(services, peer);
    bad.refusal = unauthorized(invalid_token, "the Authorization header holds no bearer token that is good now");
    co_return bad;
  }
  const Peer client{principal_of(bearer->client.id), bearer->scopes, true};
  Identity found = peer_itself(services, client);
  if (found.standing.granted) co_await note_use(services.store, bearer->client);
  co_return found;
}

namespace {

std::optional<Reply> check_peer_again(const Peer& peer) {
  if (!peer.judged_now || !peer.known) return std::nullopt;
  const Peer now = peer.judged_now();
  if (now.known && (peer.scopes & ~now.scopes).none()) return std::nullopt;
  return unauthorized("Bearer realm=\"nopassd\"", "the configuration grants you less than when this request began");
}

}  // namespace

asio::awaitable<std::optional<Reply>> check_again(const Call& call) {
  if (call.request.authorization.empty()) co_return check_peer_again(call.peer);
  const auto looked = co_await look_up(call.services.store, bearer_token(call.request.authorization));
  if (!looked) co_return store_trouble(looked.error());
  const bool holds = *looked && (call.peer.scopes & ~(*looked)->scopes).none();
  if (holds) co_return std::nullopt;
  co_return unauthorized(invalid_token, "the token is good no longer, or grants less than when this request began");
}

}  // namespace nopassd::handlers::site
