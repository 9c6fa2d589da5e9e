#include "handlers/callback/late_knowledge.hpp"

#include "handlers/callback/patience.hpp"

#include <utility>

namespace nopassd::handlers::callback {

namespace {

bool known(storage::Snapshot& snapshot, const Key& key) {
  if (key.kind == Key::Kind::otp) return snapshot.registration_by_otp(key.digest).has_value();
  return snapshot.session_by_auth_id(key.digest).has_value();
}

}  // namespace

asio::awaitable<bool> wait_until_known(const Call& call, const Key& key) {
  const Services& services = call.services;
  if (!services.settings.own_calls || services.settings.patience.count() == 0) co_return false;
  const Patience::Place place = services.patience.take(call.request.caller);
  if (!place) co_return false;

  Interest interest;
  interest.types = {key.kind == Key::Kind::otp ? "registration.started" : "session.started"};
  const auto subscription = services.notifications.subscribe(std::move(interest));
  const auto deadline = std::chrono::steady_clock::now() + services.settings.patience;
  const Key wanted = key;
  for (bool woken = true; woken;) {
    auto look = [wanted](storage::Snapshot& snapshot) { return known(snapshot, wanted); };
    const auto found = co_await services.store.read(std::move(look));
    if (found.has_error()) co_return false;
    if (*found) co_return true;
    woken = co_await subscription->wait(deadline);
  }
  co_return false;
}

asio::awaitable<Outcome> commit_patiently(const Call& call, const Key& key, Work work) {
  Work first = work;
  Outcome outcome = co_await commit(call, std::move(first));
  if (!outcome.unknown) co_return outcome;
  const bool known_now = co_await wait_until_known(call, key);
  if (!known_now) co_return outcome;
  co_return co_await commit(call, std::move(work));
}

}  // namespace nopassd::handlers::callback
