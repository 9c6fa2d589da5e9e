// Callback 7: a user has changed his data at NoPass.
#include "handlers/callback/ask.hpp"
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/user_update.hpp"

#include <boost/json/array.hpp>

#include <memory>

namespace nopassd::handlers::callback {

namespace {

using storage::Transaction;

struct Updating {
  Login user;
  std::string portal_id;
  UserUpdate update;
  storage::Digest request{};
};

void report(Transaction& transaction, const Change& change) {
  storage::EventDraft event = storage::user_event("updated", change.user);
  boost::json::array changed;
  for (const std::string_view name : change.values) changed.emplace_back(name);
  boost::json::object forbidden;
  for (const auto& [name, value] : change.forbidden_store) forbidden[name] = value;
  event.data["changed"] = std::move(changed);
  event.data["forbiddenStore"] = std::move(forbidden);
  transaction.append(std::move(event));
}

Outcome apply(Transaction& transaction, const Change& change, const Updating& updating) {
  if (change.login) {
    transaction.remember_former_login(updating.user.key, storage::FormerLogin{change.user.id, updating.request});
  }
  transaction.update_user(change.user);
  report(transaction, change);
  return done("OK", "updated, user " + change.user.id);
}

// The same request once more, after the change of login that it asked for.
Outcome under_former_login(Transaction& transaction, const Updating& updating) {
  const auto former = transaction.former_login(updating.user.key);
  if (!former || !storage::equal_secret(former->request, updating.request)) return unknown_user();
  return done("OK", "update repeated, user " + former->user_id);
}

Outcome decide(Transaction& transaction, Consent consent, const Updating& updating) {
  if (auto wrong = not_this_portal(transaction, updating.portal_id)) return *wrong;
  const auto user = transaction.user_by_login(updating.user.key);
  if (!user) return under_former_login(transaction, updating);
  const Change change = change_of(*user, updating.update);
  if (change.nothing()) return done("OK", "nothing to update, user " + user->id);
  if (change.login && transaction.user_by_login(change.user.login_key)) {
    return refused("108", "login already exists");
  }
  if (refuses(consent)) return refused("111", "the site refused");
  if (consent == Consent::policy_asks || (consent == Consent::policy_accepts && change.login)) {
    Outcome outcome;
    outcome.asks = user->id;
    return outcome;
  }
  return apply(transaction, change, updating);
}

Enquiry enquiry_about(const Updating& updating) {
  Enquiry enquiry;
  enquiry.callback = names[6];
  enquiry.key = updating.request;
  for (const FieldUpdate& field : updating.update.fields) {
    if (field.value) enquiry.members[std::string(field.name)] = *field.value;
  }
  return enquiry;
}

}  // namespace

asio::awaitable<Outcome> update_user(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  auto updating = std::make_shared<Updating>();
  updating->user = members.required_login("userId");
  updating->portal_id = members.required_portal_id(*call.portal);
  if (const auto* updates = members.required_object("updates")) updating->update = read_updates(*updates, faults);
  if (!faults.empty()) co_return refused(std::move(faults));

  const std::string content = std::string(names[6]) + "\n" + updating->user.key + "\n" + canonical(updating->update);
  updating->request = call.digest(storage::SecretKind::request, content);
  Enquiry enquiry = enquiry_about(*updating);
  Decide work = [updating](Transaction& transaction, Consent consent) {
    return decide(transaction, consent, *updating);
  };
  co_return co_await decide_with_site(call, call.services.settings.update_user, std::move(enquiry), std::move(work));
}

}  // namespace nopassd::handlers::callback
