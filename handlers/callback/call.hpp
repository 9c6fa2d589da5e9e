#pragma once
// One callback on its way from a decoded body to an outcome.
#include "handlers/callback/callbacks.hpp"
#include "handlers/callback/json_object.hpp"
#include "handlers/callback/members.hpp"
#include "handlers/callback/outcome.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace nopassd::handlers::callback {

/// Lives as long as the request's coroutine.
struct Call {
  const Services& services;
  const Request& request;
  std::shared_ptr<const storage::Portal> portal;  // as of the last commit; transactions look again

  storage::Digest digest(storage::SecretKind kind, std::string_view secret) const {
    return services.store.digest(kind, secret);
  }
  /// For the history of users: "callback AuthorizedUser".
  std::string cause() const;
};

/// Decides and writes within a transaction; may run more than once.
using Work = std::function<Outcome(storage::Transaction&)>;

/// Runs `work` in a transaction. What it refuses is rolled back; when the store cannot commit, the outcome is 114.
asio::awaitable<Outcome> commit(const Call& call, Work work, storage::Commit mode = storage::Commit::grouped);

/// The outcome when the store cannot commit.
Outcome store_failed(const storage::error_code& code);

/// Why this portal answers no callback about `portal_id` (empty: none was given): 112 when it is not registered, 104.
std::optional<Outcome> not_this_portal(storage::Snapshot& snapshot, std::string_view portal_id);

/// Refusals that several callbacks share.
Outcome unregistered();
Outcome unknown_auth_id();
Outcome unknown_otp();
Outcome unknown_user();

}  // namespace nopassd::handlers::callback
