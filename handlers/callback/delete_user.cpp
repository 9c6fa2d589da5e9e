// Callback 8: a user has deleted his NoPass account.
#include "handlers/callback/callback_table.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::Milliseconds;
using storage::Transaction;

void suspend(Transaction& transaction, storage::User user, Milliseconds erase_after) {
  storage::close_sessions(transaction, user.id, storage::Party::nopass);
  user.state = storage::UserState::deleting;
  user.deleted_at = transaction.now();
  user.erase_at = transaction.now() + erase_after;
  transaction.update_user(user);
  transaction.append(storage::user_event("deleted", user));
  if (erase_after.count() > 0) return;
  transaction.erase_user(user.id);
  transaction.append(storage::user_event("erased", user));
}

Outcome remove(Transaction& transaction, const std::string& portal_id, const std::string& login_key,
               Milliseconds erase_after) {
  if (auto wrong = not_this_portal(transaction, portal_id)) return *wrong;
  const auto user = transaction.user_by_login(login_key);
  if (!user) {
    const auto gone = transaction.deleted_user_by_login(login_key);
    return gone ? done("OK", "deleted before, user " + gone->id) : unknown_user();
  }
  suspend(transaction, *user, erase_after);
  return done("OK", "deleted, user " + user->id);
}

}  // namespace

asio::awaitable<Outcome> delete_user(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  const std::string login_key = members.required_login("userId").key;
  const std::string portal_id = members.required_portal_id(*call.portal);
  if (!faults.empty()) co_return refused(std::move(faults));

  Work work = [login_key, portal_id, erase_after = call.services.settings.erase_after](Transaction& transaction) {
    return remove(transaction, portal_id, login_key, erase_after);
  };
  co_return co_await commit(call, std::move(work));
}

}  // namespace nopassd::handlers::callback
