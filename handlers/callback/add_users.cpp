// Callback 9: users that an administrator has added in the NoPass console; all of them or none.
#include "handlers/callback/ask.hpp"
#include "handlers/callback/callback_table.hpp"
#include "handlers/callback/new_users.hpp"

#include <memory>

namespace nopassd::handlers::callback {

namespace {

using storage::Transaction;
using storage::User;

constexpr std::size_t most_logins_asked = 20;

bool same_members(const User& user, const NewUser& wanted) {
  storage::Profile profile = user.profile;
  // Callback 9 does not speak of these.
  profile.profile_image_url.clear();
  profile.locale.clear();
  return user.uses_email_as_login == wanted.uses_email_as_login && same_profile(profile, wanted.profile);
}

void add(Transaction& transaction, const NewUser& wanted) {
  User user;
  user.id = transaction.new_id();
  user.login = wanted.login.text;
  user.login_key = wanted.login.key;
  user.profile = wanted.profile;
  user.uses_email_as_login = wanted.uses_email_as_login;
  user.created_at = transaction.now();
  transaction.add_user(user);
  transaction.append(storage::user_event("added", user));
}

Outcome decide(Transaction& transaction, Consent consent, const NewUsers& wanted) {
  if (auto wrong = not_this_portal(transaction, wanted.portal_id)) return *wrong;
  Faults faults;
  std::vector<const NewUser*> fresh;
  for (std::size_t i = 0; i < wanted.users.size(); ++i) {
    const auto holder = transaction.user_by_login(wanted.users[i].login.key);
    if (!holder) {
      fresh.push_back(&wanted.users[i]);
    } else if (!same_members(*holder, wanted.users[i])) {
      faults.push_back(Fault{"108", "users[" + std::to_string(i) + "] login already exists"});
    }
  }
  if (!faults.empty()) return refused(std::move(faults));
  if (fresh.empty()) return done(true, "no new users");
  if (refuses(consent)) return refused("111", "the site refused");
  if (!allows(consent)) {
    Outcome outcome;
    outcome.asks = "";
    return outcome;
  }
  for (const NewUser* user : fresh) add(transaction, *user);
  return done(true, "users added: " + std::to_string(fresh.size()));
}

Enquiry enquiry_about(const Call& call, const NewUsers& wanted) {
  Enquiry enquiry;
  enquiry.callback = names[8];
  enquiry.key = call.digest(storage::SecretKind::request, std::string(names[8]) + "\n" + canonical(wanted));
  enquiry.members["count"] = std::to_string(wanted.users.size());
  std::string logins;
  for (std::size_t i = 0; i < wanted.users.size() && i < most_logins_asked; ++i) {
    if (i > 0) logins += '\n';
    logins += wanted.users[i].login.text;
  }
  enquiry.members["logins"] = std::move(logins);
  return enquiry;
}

}  // namespace

asio::awaitable<Outcome> add_users(const Call& call, const Body& body) {
  Faults faults = body.faults;
  auto wanted = std::make_shared<NewUsers>(read_new_users(body.members, *call.portal, faults));
  if (!faults.empty()) co_return refused(std::move(faults));

  Enquiry enquiry = enquiry_about(call, *wanted);
  Decide work = [wanted](Transaction& transaction, Consent consent) { return decide(transaction, consent, *wanted); };
  co_return co_await decide_with_site(call, call.services.settings.add_users, std::move(enquiry), std::move(work),
                                      storage::Commit::alone);
}

}  // namespace nopassd::handlers::callback
