#include "handlers/callback/late_knowledge.hpp"

#include <utility>

namespace nopassd::handlers::callback {

namespace {

bool is_known(storage::Snapshot& snapshot, const Key& key) {
  if (key.kind == Key::Kind::otp) return snapshot.registration_by_otp(key.digest).has_value();
  return snapshot.session_by_auth_id(key.digest).has_value();
}

}  // namespace

EarlyCall::EarlyCall(const Call& call, const Key& key)
    : call_(call), key_(key), deadline_(std::chrono::steady_clock::now() + call.services.settings.patience) {
  const Settings& settings = call.services.settings;
  const bool may_become_known = settings.own_calls || call.services.own_calls.under_way();
  if (may_become_known && settings.patience.count() > 0) turn_.emplace(call.services.patience.lines(), key.digest);
}

bool EarlyCall::may_wait() {
  if (!place_) place_.emplace(call_.services.patience.take(call_.request.caller));
  return static_cast<bool>(*place_);
}

asio::awaitable<void> EarlyCall::turn() {
  if (!turn_ || turn_->has_come() || !may_wait()) co_return;
  co_await turn_->come();
}

asio::awaitable<bool> EarlyCall::known() {
  if (!turn_ || !may_wait()) co_return false;
  Interest interest;
  interest.types = {key_.kind == Key::Kind::otp ? "registration.started" : "session.started"};
  const auto subscription = call_.services.notifications.subscribe(std::move(interest));
  for (bool woken = true; woken;) {
    auto look = [key = key_](storage::Snapshot& snapshot) { return is_known(snapshot, key); };
    const auto found = co_await call_.services.store.read(std::move(look), storage::Lane::callback);
    if (found.has_error()) co_return false;
    if (*found) co_return true;
    woken = co_await subscription->wait(deadline_);
  }
  co_return false;
}

asio::awaitable<Outcome> commit_patiently(const Call& call, const Key& key, Work work) {
  EarlyCall early(call, key);
  co_await early.turn();
  Work first = work;
  Outcome outcome = co_await commit(call, std::move(first));
  if (!outcome.unknown) co_return outcome;
  const bool known_now = co_await early.known();
  if (!known_now) co_return outcome;
  co_return co_await commit(call, std::move(work));
}

}  // namespace nopassd::handlers::callback
