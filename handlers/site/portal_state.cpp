// What an operator does to the portal's registration, and its credentials: docs/site-api.md, "Portal".
#include "handlers/site/body.hpp"
#include "handlers/site/portal_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Portal;
using storage::PortalState;

namespace {

Reply portal_reply(const Call& call, const storage::result<Outcome<Portal>>& done) {
  if (auto refusal = failure(done)) return std::move(*refusal);
  Outcome<Portal> outcome = *done;
  return json_reply(200, portal_view(*outcome, call.services.store.now()));
}

Outcome<Portal> import(storage::Transaction& transaction, const std::string& portal_id, const std::string& auth_token) {
  if (transaction.portal().state == PortalState::registered) {
    return Refused{409, "the portal is registered; `nopassctl portal reset` comes before another registration"};
  }
  Portal portal;
  portal.state = PortalState::registered;
  portal.portal_id = portal_id;
  portal.auth_token = auth_token;
  portal.registered_at = transaction.now();
  transaction.clear_failed_challenges();
  transaction.save_portal(portal);
  transaction.append(storage::portal_event("registered", ""));
  return portal;
}

Outcome<Portal> enable(storage::Transaction& transaction) {
  Portal portal = transaction.portal();
  if (portal.state != PortalState::disabled) {
    return Refused{409, "the portal is " + std::string(storage::name_of(portal.state)) + ", not disabled"};
  }
  if (portal.auth_token.empty()) {
    return Refused{409, "the token was destroyed seven days after DisableService; register the portal anew"};
  }
  portal.state = PortalState::registered;
  portal.disabled_at.reset();
  portal.window.reset();
  transaction.save_portal(portal);
  transaction.append(storage::portal_event("enabled", ""));
  return portal;
}

Outcome<Portal> reset(storage::Transaction& transaction) {
  const Portal portal = transaction.portal();
  if (portal.state == PortalState::unregistered) return portal;
  storage::close_sessions(transaction, "", storage::Party::daemon_operator);
  transaction.save_portal(Portal{});
  if (portal.state == PortalState::registered) transaction.append(storage::portal_event("disabled", ""));
  return Portal{};
}

}  // namespace

asio::awaitable<Reply> show_portal_credentials(Call& call) {
  const auto portal = call.services.store.portal_view();
  if (portal->state != PortalState::registered) {
    co_return problem(409, "the portal is " + std::string(storage::name_of(portal->state)) + ": it has no credentials");
  }
  const json::object view{
      {"type", "credentials"}, {"id", "portal"}, {"portalId", portal->portal_id}, {"authToken", portal->auth_token}};
  co_return resource(call.request, view);
}

asio::awaitable<Reply> import_portal(Call& call) {
  constexpr std::size_t longest = 256;
  const auto portal_id = text_member(call.body, "portalId", {1, longest, true}, call.faults);
  const auto auth_token = text_member(call.body, "authToken", {1, longest, true}, call.faults);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [portal_id = *portal_id, auth_token = *auth_token](storage::Transaction& transaction) {
    return import(transaction, portal_id, auth_token);
  };
  const auto done = co_await call.transact(std::move(work));
  co_return portal_reply(call, done);
}

asio::awaitable<Reply> enable_portal(Call& call) {
  const auto done = co_await call.transact(enable);
  co_return portal_reply(call, done);
}

asio::awaitable<Reply> reset_portal(Call& call) {
  const auto done = co_await call.transact(reset);
  co_return portal_reply(call, done);
}

}  // namespace nopassd::handlers::site
