// Callback 11: the portal was deleted in the NoPass console.
#include "handlers/callback/callback_table.hpp"
#include "storage/lifecycle.hpp"
#include "storage/secret.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::PortalState;
using storage::Transaction;

// Users and history stay; the authToken stays sealed, for the operator to undo this.
Outcome disable(Transaction& transaction, const std::string& portal_id, const std::string& caller) {
  storage::Portal portal = transaction.portal();
  if (portal.state == PortalState::unregistered) return unregistered();
  if (!storage::equal_secret(portal_id, portal.portal_id)) return refused("104", "portalId is not this portal's");
  if (portal.state == PortalState::disabled) return done(true, "already disabled");

  storage::close_sessions(transaction, "", storage::Party::nopass);
  portal.state = PortalState::disabled;
  portal.disabled_at = transaction.now();
  transaction.save_portal(portal);
  transaction.append(storage::portal_event("disabled", caller));
  return done(true, "portal disabled");
}

}  // namespace

asio::awaitable<Outcome> disable_service(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  const std::string portal_id = members.required_portal_id(*call.portal);
  if (!faults.empty()) co_return refused(std::move(faults));

  Work work = [portal_id, caller = std::string(call.request.caller)](Transaction& transaction) {
    return disable(transaction, portal_id, caller);
  };
  co_return co_await commit(call, std::move(work), storage::Commit::alone);
}

}  // namespace nopassd::handlers::callback
