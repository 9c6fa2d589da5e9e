#pragma once
// Who asks: the peer of the socket, or the client whose bearer token (RFC 6750) it presents. docs/site-api.md, "Who you
// are".
#include "handlers/site/call.hpp"
#include "handlers/site/quotas.hpp"

#include <optional>
#include <string_view>

namespace nopassd::handlers::site {

/// Who asks, counted as one of his requests.
struct Identity {
  Peer peer;
  Quotas::Standing standing;
  std::optional<Reply> refusal;  // of a token that is no good, or that cannot be looked up now
};

/// The peer itself, whatever it presents.
Identity peer_itself(const Services& services, const Peer& peer);

/// With an Authorization header the client whose token it holds, as that client is now: its principal, its scopes, its
/// quota. Bad tokens are counted as requests of the peer, and by themselves: beyond a minute's quota of them the peer's
/// tokens are not looked at, and its standing is not granted.
asio::awaitable<Identity> identify(const Services& services, const Peer& peer, const Request& request);

/// For requests that wait, before they send what came meanwhile: the refusal when the token is good no longer, or when
/// it, or without one the configuration, grants less than when the request began.
asio::awaitable<std::optional<Reply>> check_again(const Call& call);

/// 401 with this challenge (RFC 9110, section 11.6.1).
Reply unauthorized(std::string_view challenge, std::string_view detail);

/// 403 that names the scope; to a token with the challenge of RFC 6750, section 3.1.
Reply missing_scope(const Request& request, Scope scope);

}  // namespace nopassd::handlers::site
