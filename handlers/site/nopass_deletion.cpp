#include "handlers/site/nopass_deletion.hpp"

#include "handlers/site/nopass_calls.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace nopassd::handlers::site {

using storage::Transaction;
using storage::User;

namespace {

constexpr std::size_t most_at_once = 16;

struct Due {
  storage::Portal portal;
  std::vector<User> users;
};

Due who_is_due(storage::Snapshot& snapshot) { return {snapshot.portal(), snapshot.users_to_ask_nopass(most_at_once)}; }

/// Restored, erased, or deleted by NoPass itself meanwhile: the answer counts no more.
bool settle(Transaction& transaction, const std::string& id, bool agreed) {
  auto user = transaction.user(id);
  if (!user || user->state != storage::UserState::deleting || !user->ask_nopass_at) return false;
  ++user->nopass_asked;
  if (agreed) {
    user->ask_nopass_at.reset();
  } else {
    user->ask_nopass_at = transaction.now() + pause_before_question(user->nopass_asked);
  }
  transaction.update_user(*user);
  // The first failure and the end of it; what lies between is in the log.
  if (!agreed && user->nopass_asked > 1) return true;
  const boost::json::object data{{"agreed", agreed}, {"asked", user->nopass_asked}};
  transaction.note(id, {{}, {}, "deletion.asked", {}, "user/" + id, boost::json::serialize(data)});
  return true;
}

bool ask_no_more(Transaction& transaction) {
  for (User& user : transaction.users_to_ask_nopass(most_at_once)) {
    user.ask_nopass_at.reset();
    transaction.update_user(user);
  }
  return true;
}

}  // namespace

storage::Milliseconds pause_before_question(std::int64_t asked) {
  constexpr storage::Milliseconds first{2'000};
  constexpr storage::Milliseconds longest{std::chrono::hours(1)};
  constexpr std::int64_t doublings = 11;
  return std::min(longest, first * (std::int64_t{1} << std::clamp<std::int64_t>(asked - 1, 0, doublings)));
}

asio::awaitable<void> ask_for_deletions(const Services& services, std::function<void(std::string_view)> complain) {
  auto due = co_await services.store.read(who_is_due);
  if (!due || due->users.empty()) co_return;
  if (services.settings.delete_user_path.empty()) {
    co_await services.store.transact(ask_no_more);
    co_return;
  }
  if (due->portal.state != storage::PortalState::registered) co_return;
  for (const User& user : due->users) {
    const auto answer = co_await delete_nopass_user(services, due->portal, user.login);
    const bool agreed = !answer.has_error();
    if (!agreed && answer.refused().status == 503) co_return;
    if (!agreed) complain(answer.refused().detail);
    auto settling = [id = user.id, agreed](Transaction& transaction) { return settle(transaction, id, agreed); };
    co_await services.store.transact(std::move(settling));
  }
}

}  // namespace nopassd::handlers::site
