// Callback 8: a user has deleted his NoPass account.
#include "handlers/callback/callback_table.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::callback {

namespace {

using storage::Milliseconds;
using storage::Transaction;

Outcome remove(Transaction& transaction, const std::string& portal_id, const std::string& login_key,
               Milliseconds erase_after) {
  if (auto wrong = not_this_portal(transaction, portal_id)) return *wrong;
  auto user = transaction.user_by_login(login_key);
  if (!user) {
    auto gone = transaction.deleted_user_by_login(login_key);
    if (gone && gone->ask_nopass_at) {
      // What NoPass was to be asked has come about.
      gone->ask_nopass_at.reset();
      transaction.update_user(*gone);
    }
    return gone ? done("OK", "deleted before, user " + gone->id) : unknown_user();
  }
  storage::suspend_user(transaction, *user, erase_after, storage::Party::nopass);
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
