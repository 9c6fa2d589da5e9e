// DELETE /v1/users/{id} and its undoing: docs/site-api.md, "Users".
#include "handlers/site/body.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "handlers/site/user_view.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

using storage::User;
using storage::UserState;

namespace {

/// The user of a path's {id}: 404, and 410 once he is erased.
Outcome<User> find_user(storage::Snapshot& snapshot, const std::optional<std::string>& id) {
  auto user = id ? snapshot.user(*id) : std::nullopt;
  if (!user) return Refused{404, "no such user"};
  if (user->state == UserState::deleted) return Refused{410, "the user is deleted"};
  return std::move(*user);
}

Outcome<User> restore(storage::Transaction& transaction, const std::optional<std::string>& id) {
  auto found = find_user(transaction, id);
  if (found.has_error()) return found;
  User& user = *found;
  if (user.state == UserState::active) return Refused{409, "the user is active"};
  if (user.erase_at && *user.erase_at <= transaction.now()) return Refused{410, "the user is deleted"};
  if (transaction.user_by_login(user.login_key)) return Refused{409, "somebody else has this login by now"};
  if (!user.external_id.empty() && transaction.user_by_external_id(user.external_id)) {
    return Refused{409, "somebody else has this externalId by now"};
  }
  user.state = UserState::active;
  user.deleted_at.reset();
  user.erase_at.reset();
  user.ask_nopass_at.reset();
  user.nopass_asked = 0;
  transaction.update_user(user);
  transaction.append(storage::user_event("restored", user));
  return found;
}

}  // namespace

asio::awaitable<Reply> delete_user(Call& call) {
  const Settings& settings = call.services.settings;
  auto work = [id = uuid_from(call.path.front()), erase_after = settings.erase_after,
               asks = !settings.delete_user_path.empty()](storage::Transaction& transaction) {
    auto found = find_user(transaction, id);
    if (found.has_error() || found->state != UserState::active) return found;
    if (asks) found->ask_nopass_at = transaction.now();
    storage::suspend_user(transaction, *found, erase_after, storage::Party::site);
    return found;
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return json_reply(202, user_view(**done, call.peer.scopes));
}

asio::awaitable<Reply> restore_user(Call& call) {
  auto work = [id = uuid_from(call.path.front())](storage::Transaction& transaction) {
    return restore(transaction, id);
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return json_reply(200, user_view(**done, call.peer.scopes));
}

}  // namespace nopassd::handlers::site
