// Callback 2: the NoPass server hands over portalId and authToken.
#include "handlers/callback/admission.hpp"
#include "storage/lifecycle.hpp"
#include "storage/secret.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::Portal;
using storage::Transaction;

constexpr std::size_t settings_limit = 64 * 1024;

struct Registering {
  std::string portal_id;
  std::string auth_token;
  std::string settings;
  std::string caller;
  bool same_caller = true;
};

Outcome answer_with(const std::string& s_code, std::string note) {
  boost::json::object result;
  result["sCode"] = s_code;
  return done(std::move(result), std::move(note));
}

// One of the two registrations is a forgery, and nobody can tell which: neither is kept, nor what was built on it.
Outcome throw_away(Transaction& transaction, const Registering& request) {
  storage::close_sessions(transaction, "", storage::Party::nopass);
  transaction.save_portal(Portal{});
  transaction.append(storage::portal_event("registration_attacked", request.caller));
  Outcome outcome = nothing_here("a second registration with other values: both are thrown away");
  outcome.kept = true;
  return outcome;
}

Outcome register_portal(Transaction& transaction, const Portal& before, const Registering& request) {
  Portal portal;
  portal.state = storage::PortalState::registered;
  portal.portal_id = request.portal_id;
  portal.auth_token = request.auth_token;
  portal.settings = request.settings;
  portal.s_code = before.window->s_code;
  portal.registered_by = request.caller;
  portal.registered_at = transaction.now();
  transaction.save_portal(portal);
  transaction.append(storage::portal_event("registered", request.caller));
  return answer_with(portal.s_code, "portal registered");
}

Outcome answer(Transaction& transaction, const Registering& request) {
  const Portal portal = transaction.portal();
  const Visit visit{request.caller, transaction.now(), request.same_caller};
  if (may_register(portal, visit)) return register_portal(transaction, portal, request);
  if (!registered_lately(portal, visit)) return nothing_here("no registration is under way for this caller");
  const bool same_id = storage::equal_secret(request.portal_id, portal.portal_id);
  const bool same_token = storage::equal_secret(request.auth_token, portal.auth_token);
  if (same_id && same_token) return answer_with(portal.s_code, "registration repeated");
  return throw_away(transaction, request);
}

}  // namespace

asio::awaitable<Outcome> confirm_registration(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  Registering request;
  request.portal_id = members.required_text("portalId", key_limit);
  request.auth_token = members.required_text("authToken", key_limit);
  request.settings = members.text("settings", settings_limit).value_or("");
  if (request.settings.size() > settings_limit) members.fault("103", "settings", "is longer than 64 KiB");
  request.caller = call.request.caller;
  request.same_caller = call.services.settings.same_caller;
  if (!faults.empty()) co_return refused(std::move(faults));

  Work work = [request](Transaction& transaction) { return answer(transaction, request); };
  co_return co_await commit(call, std::move(work));
}

}  // namespace nopassd::handlers::callback
