#include "handlers/site/hook_delivery.hpp"

#include "handlers/site/consumers.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/hook_call.hpp"
#include "handlers/site/hook_message.hpp"
#include "handlers/site/hook_state.hpp"
#include "handlers/site/hook_view.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>
#include <array>

namespace nopassd::handlers::site {

using storage::Milliseconds;
using Kind = HookTurn::Kind;

namespace {

constexpr Milliseconds first_backoff{2000}, longest_backoff{5 * 60 * 1000};
constexpr Milliseconds store_pause{10'000};

HookTurn turn_of(Kind kind, Milliseconds pause, std::vector<std::string> types) {
  return {kind, pause, std::move(types), {}};
}

HookTurn store_failed(std::vector<std::string> types) {
  return {Kind::failed, store_pause, std::move(types), "the store failed"};
}

struct Sight {
  HookRead read;
  storage::EventPage page;  // at most one event
  storage::TimePoint now;

  bool is_at_rest() const { return read.hook.paused || read.consumer.retired; }
  /// Whether it counts as seen: the event that waits is not older than `keep`.
  bool is_kept(Milliseconds keep) const { return page.events.empty() || page.events.front().time + keep > now; }
};

std::optional<Sight> look_at(storage::Snapshot& snapshot, const std::string& name) {
  auto found = find_hook(snapshot, name);
  if (found.has_error()) return std::nullopt;
  Sight seen{std::move(*found), {}, snapshot.now()};
  storage::EventQuery query;
  query.after = std::max(seen.read.consumer.acknowledged, seen.read.log.swept);
  query.limit = 1;
  query.types = seen.read.consumer.types;
  seen.page = snapshot.events_after(query);
  return seen;
}

struct Noted {
  Kind kind = Kind::again;
  std::int64_t failures = 0;
};

void pass(storage::Transaction& transaction, storage::Consumer& consumer, std::int64_t sequence) {
  consumer.acknowledged = std::max(consumer.acknowledged, sequence);
  // Others never hold it back.
  consumer.acknowledged = transaction.event_log().last - storage::lag_of(transaction, consumer);
  consumer.delivered = std::max(consumer.delivered, consumer.acknowledged);
  consumer.last_seen = transaction.now();
  transaction.update_consumer(consumer);
}

/// That it fails is not told to the hook itself: it would fail at that, too, and so on.
bool is_of_itself(const Sight& seen) {
  const storage::Event& event = seen.page.events.front();
  return event.type.starts_with("hook.") && event.subject == "hook/" + seen.read.hook.name;
}

Noted note(storage::Transaction& transaction, const Sight& seen, const HookReply& reply, Milliseconds keep) {
  auto found = find_hook(transaction, seen.read.hook.name);
  // What was answered under another URL says nothing of this one, which gets the event itself.
  if (found.has_error() || !is_same_address(seen.read.hook, found->hook)) return {};
  storage::Hook& hook = found->hook;
  storage::Consumer& consumer = found->consumer;
  Noted noted;
  if (took(reply)) {
    note_delivery(transaction, hook);
    pass(transaction, consumer, seen.page.events.front().sequence);
  } else if (consumer.last_seen != seen.read.consumer.last_seen) {
    return {};  // a PUT came meanwhile: what was answered before it says nothing
  } else {
    note_failure(transaction, hook, reply);
    noted = {Kind::failed, hook.failures};
    if (seen.is_kept(keep)) consumer.last_seen = transaction.now();
    transaction.update_consumer(consumer);
  }
  return noted;
}

}  // namespace

struct HookDelivery::Look : Sight {};

Milliseconds hook_backoff(std::int64_t failures, const storage::Random& random) {
  constexpr std::int64_t most_doublings = 8;
  const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, most_doublings);
  const Milliseconds base = std::min(longest_backoff, first_backoff * (1 << doublings));
  std::array<std::uint8_t, 2> noise{};
  random(noise);
  const std::int64_t part = noise[0] * 256 + noise[1];
  return std::min(longest_backoff, base * 4 / 5 + base * 2 / 5 * part / 65536);
}

HookDelivery::HookDelivery(const Services& services, std::string name, Milliseconds keep)
    : services_(services), name_(std::move(name)), keep_(keep) {}

asio::awaitable<void> HookDelivery::touch(Look seen) {
  const bool due = seen.now - seen.read.consumer.last_seen >= seen_step(services_.settings);
  if (!due || seen.read.consumer.retired || !seen.is_kept(keep_)) co_return;
  auto work = [name = name_, keep = keep_](storage::Transaction& transaction) {
    const auto now = look_at(transaction, name);
    if (!now || now->read.consumer.retired || !now->is_kept(keep)) return false;
    storage::Consumer consumer = now->read.consumer;
    if (now->page.events.empty()) consumer.acknowledged = std::max(consumer.acknowledged, now->page.through);
    consumer.delivered = std::max(consumer.delivered, consumer.acknowledged);
    consumer.last_seen = transaction.now();
    transaction.update_consumer(consumer);
    return true;
  };
  // Should it fail, the next turn tries again.
  co_await services_.store.transact(std::move(work));
}

asio::awaitable<void> HookDelivery::keep_seen() {
  auto work = [name = name_](storage::Snapshot& snapshot) { return look_at(snapshot, name); };
  auto seen = co_await services_.store.read(std::move(work));
  if (!seen || !*seen) co_return;
  Look look{std::move(**seen)};
  co_await touch(std::move(look));
}

asio::awaitable<HookTurn> HookDelivery::next() {
  auto work = [name = name_](storage::Snapshot& snapshot) { return look_at(snapshot, name); };
  auto found = co_await services_.store.read(std::move(work));
  if (!found) co_return store_failed({});
  if (!*found) co_return turn_of(Kind::gone, {}, {});
  Look seen{std::move(**found)};
  const bool at_rest = seen.is_at_rest();
  const bool is_due = !at_rest && !seen.page.events.empty();
  if (is_due && is_of_itself(seen)) co_return co_await pass_over(std::move(seen));
  if (is_due) co_return co_await deliver(std::move(seen));
  HookTurn turn = turn_of(at_rest ? Kind::paused : Kind::idle, seen_step(services_.settings), seen.read.consumer.types);
  co_await touch(std::move(seen));
  co_return turn;
}

asio::awaitable<HookTurn> HookDelivery::pass_over(Look seen) {
  auto work = [seen](storage::Transaction& transaction) {
    auto found = find_hook(transaction, seen.read.hook.name);
    if (!found.has_error()) pass(transaction, found->consumer, seen.page.events.front().sequence);
    return true;
  };
  const auto done = co_await services_.store.transact(std::move(work));
  if (!done) co_return store_failed(seen.read.consumer.types);
  co_return turn_of(Kind::again, {}, seen.read.consumer.types);
}

asio::awaitable<HookTurn> HookDelivery::deliver(Look seen) {
  const storage::Event& event = seen.page.events.front();
  std::vector<std::string> types = seen.read.consumer.types;
  HookMessage message{event.id, event_json(event, seen.read.log.epoch, services_.settings.event_source)};
  HookRequest request = signed_request(seen.read.hook, std::move(message), services_.store.now());
  const HookReply reply = co_await call_hook(services_, std::move(request));
  // The daemon is stopping: nobody failed, and the event is sent again after the start.
  if (reply.status == 0 && reply.detail.empty()) co_return turn_of(Kind::idle, first_backoff, std::move(types));
  (took(reply) ? services_.metrics.hooks_delivered : services_.metrics.hooks_failed).add();
  auto work = [seen, reply, keep = keep_](storage::Transaction& transaction) {
    transaction.set_cause("hook " + seen.read.hook.name);
    return note(transaction, seen, reply, keep);
  };
  const auto noted = co_await services_.store.transact(std::move(work));
  if (!noted) co_return store_failed(std::move(types));
  HookTurn turn = turn_of(noted->kind, {}, std::move(types));
  if (turn.kind == Kind::failed) {
    turn.pause = hook_backoff(noted->failures, services_.random);
    turn.detail = why_not(reply);
  }
  co_return turn;
}

bool greet_hooks(storage::Transaction& transaction) {
  for (const storage::Hook& hook : transaction.hooks()) {
    auto consumer = transaction.consumer(storage::hook_consumer(hook.name));
    if (consumer && !consumer->retired) {
      consumer->last_seen = transaction.now();
      transaction.update_consumer(*consumer);
    }
    announce_hook(transaction, hook.name, is_asked(hook));
  }
  return true;
}

}  // namespace nopassd::handlers::site
