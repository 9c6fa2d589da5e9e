#include "handlers/callback/call.hpp"

#include "storage/secret.hpp"

#include <utility>

namespace nopassd::handlers::callback {

std::string Call::cause() const {
  const std::size_t index = find(request.path);
  return index < names.size() ? "callback " + std::string(names[index]) : "callback";
}

asio::awaitable<Outcome> commit(const Call& call, Work work, storage::Commit mode) {
  auto caused = [work = std::move(work), cause = call.cause()](storage::Transaction& transaction) {
    transaction.set_cause(cause);
    return work(transaction);
  };
  auto committed = co_await call.services.store.transact(std::move(caused), mode, storage::Lane::callback);
  if (committed.has_error()) co_return store_failed(committed.error());
  co_return std::move(*committed);
}

Outcome store_failed(const storage::error_code& code) {
  Outcome outcome = refused("114", "the service cannot store anything now, try again");
  outcome.retry_after = std::chrono::seconds(1);
  outcome.note = "not committed: " + code.message();
  return outcome;
}

std::optional<Outcome> not_this_portal(storage::Snapshot& snapshot, std::string_view portal_id) {
  const storage::Portal portal = snapshot.portal();
  if (portal.state != storage::PortalState::registered) return unregistered();
  if (!portal_id.empty() && !storage::equal_secret(portal_id, portal.portal_id)) {
    return refused("104", "portalId is not this portal's");
  }
  return std::nullopt;
}

Outcome unregistered() { return refused("112", "the service is not registered or is disabled"); }

Outcome unknown_auth_id() {
  Outcome outcome = refused("105", "authId not found");
  outcome.unknown = true;
  return outcome;
}

Outcome unknown_otp() {
  Outcome outcome = refused("106", "otp not found or expired");
  outcome.unknown = true;
  return outcome;
}

Outcome unknown_user() { return refused("107", "user not found"); }

}  // namespace nopassd::handlers::callback
