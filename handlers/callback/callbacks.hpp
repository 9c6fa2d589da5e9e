#pragma once
// The eleven callbacks: a table of what the NoPass server may ask, and the way of one request through it.
// Source of every rule: the vendor's "NoPass API Integration" and docs/protocol.md.
#include "handlers/message.hpp"
#include "handlers/metrics.hpp"
#include "handlers/notifications.hpp"
#include "handlers/own_calls.hpp"
#include "handlers/settings.hpp"
#include "storage/random.hpp"
#include "storage/store.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace nopassd::handlers::callback {

class Patience;  // patience.hpp: counts the requests that wait for late knowledge

/// What every callback handler works with; all of it outlives the handlers. Thread-safe.
struct Services {
  storage::Store& store;
  Notifications& notifications;
  const Settings& settings;
  const storage::Random& random;
  Patience& patience;
  Metrics& metrics;
  const OwnCalls& own_calls;
};

/// The path below path_prefix that all callbacks share; a name follows.
inline constexpr std::string_view path_root = "/api/PortalCommunication/";

/// Name of callback N+1 of the contract.
inline constexpr std::array<std::string_view, 11> names = {"ConfirmPreRegistration",
                                                           "ConfirmRegistration",
                                                           "UpdatePicture",
                                                           "ValidateUserRegistration",
                                                           "ConfirmUserRegistration",
                                                           "AuthorizedUser",
                                                           "UpdateUser",
                                                           "DeleteUser",
                                                           "AddUsers",
                                                           "CloseSession",
                                                           "DisableService"};

/// Position in `names` for a path below path_prefix; names.size() when it is none of them.
std::size_t find(std::string_view path);

/// Carries out one callback whose caller and rate were accepted: path, method, window or registration, content type,
/// encoding, JSON, members, record, policy, in this order. Never throws for what came from outside.
asio::awaitable<Reply> handle(const Services& services, const Request& request);

/// The reply for a refusal that is decided on the header alone, before or instead of reading a body: 404 path, 405
/// method, closed window, unregistered portal, 415. Empty status (0) when the body should be read.
Reply refuse_early(const Services& services, const Request& request);

/// The reply for a refusal that the connection decides: 413 (115), 408, 429 (113), 503 (114), in the shape that
/// callback `index` answers with (names.size(): none of them).
Reply refusal(const Settings& settings, std::size_t index, const Request& request, unsigned status,
              std::string_view code, std::string_view message);

}  // namespace nopassd::handlers::callback
