// GET /v1/consumers/{name}/events: reading on from where the consumer has acknowledged.
#include "handlers/site/authorization.hpp"
#include "handlers/site/consumers.hpp"
#include "handlers/site/events.hpp"
#include "handlers/site/readers.hpp"
#include "handlers/site/resources.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace {

struct Reading {
  std::string name;
  std::string principal;
  std::size_t limit = 100;
  EventStyle style;
  // What the last look found: nothing up to `skipped` matched for a consumer of these types at this position.
  std::int64_t skipped = 0;
  std::int64_t acknowledged = 0;
  std::vector<std::string> types;

  std::int64_t begin(const storage::Consumer& consumer) const {
    const bool as_before = consumer.types == types && consumer.acknowledged == acknowledged;
    return as_before ? std::max(skipped, acknowledged) : consumer.acknowledged;
  }
};

struct Delivery {
  ConsumerRead read;
  std::int64_t through = 0;  // everything up to here was looked at
  bool found = false;        // there is something to deliver
  storage::TimePoint now;
};

struct Looked {
  Delivery delivery;
  std::string text;
};

Outcome<Looked> look(storage::Snapshot& snapshot, const Reading& reading) {
  auto found = find_live_consumer(snapshot, reading.name, reading.principal);
  if (found.has_error()) return found.refused();
  const storage::EventLog log = found->log;
  const storage::Consumer& consumer = found->consumer;
  storage::EventQuery query;
  query.after = std::max(reading.begin(consumer), log.swept);
  query.limit = reading.limit;
  query.types = consumer.types;
  const storage::EventPage page = snapshot.events_after(query);
  EventText text(snapshot, reading.style, log.epoch);
  return Looked{{std::move(*found), page.through, !page.events.empty(), snapshot.now()}, text.list(page)};
}

/// Whether there is anything to write down about a delivery.
bool is_news(const Delivery& delivery, storage::Milliseconds step) {
  const storage::Consumer& consumer = delivery.read.consumer;
  const std::int64_t known = delivery.found ? consumer.delivered : consumer.acknowledged;
  return delivery.through > known || delivery.now - consumer.last_seen >= step;
}

/// Writes the delivery down before it is made. An empty one means that nothing between the acknowledged position and
/// `through` matches: the consumer moves on, unless its types were changed meanwhile.
Outcome<storage::Consumer> record(storage::Transaction& transaction, const Delivery& delivery) {
  const storage::Consumer& seen = delivery.read.consumer;
  auto found = find_live_consumer(transaction, seen.name, seen.owner);
  if (found.has_error()) return found.refused();
  storage::Consumer& consumer = found->consumer;
  const std::int64_t through = delivery.through;
  if (delivery.found) {
    consumer.delivered = std::max(consumer.delivered, through);
  } else if (consumer.types == seen.types && consumer.acknowledged >= seen.acknowledged) {
    consumer.acknowledged = std::max(consumer.acknowledged, through);
    consumer.delivered = std::max(consumer.delivered, consumer.acknowledged);
  }
  consumer.last_seen = transaction.now();
  transaction.update_consumer(consumer);
  return consumer;
}

asio::awaitable<std::optional<Reply>> write_down(Call& call, Delivery delivery) {
  if (!is_news(delivery, seen_step(call.services.settings))) co_return std::nullopt;
  auto work = [delivery](storage::Transaction& transaction) { return record(transaction, delivery); };
  const auto done = co_await call.services.store.transact(std::move(work));
  co_return failure(done);
}

asio::awaitable<Reply> deliver(Call& call, Looked looked) {
  if (auto refusal = co_await write_down(call, looked.delivery)) co_return std::move(*refusal);
  co_return event_list(std::move(looked.text));
}

asio::awaitable<Reply> deliver_next(Call& call, Reading reading, Subscription* subscription,
                                    Subscription::Deadline deadline) {
  while (true) {
    auto work = [reading](storage::Snapshot& snapshot) { return look(snapshot, reading); };
    auto looked = co_await call.services.store.read(std::move(work));
    if (auto refusal = failure(looked)) co_return std::move(*refusal);
    Delivery& delivery = (*looked)->delivery;
    if (delivery.found) co_return co_await deliver(call, std::move(**looked));
    const bool at_end = delivery.through >= delivery.read.log.last;
    bool again = !at_end;
    if (at_end && subscription != nullptr) {
      // A reader who waits is seen, too: now and then he is written down meanwhile.
      const auto pause = std::min(deadline, std::chrono::steady_clock::now() + seen_step(call.services.settings));
      again = co_await subscription->wait(pause);
      if (auto refusal = co_await check_again(call)) co_return std::move(*refusal);
      if (!again && pause < deadline && !subscription->stopping()) {
        delivery.now = call.services.store.now();
        if (auto refusal = co_await write_down(call, delivery)) co_return std::move(*refusal);
        again = true;
      }
    }
    if (!again) co_return co_await deliver(call, std::move(**looked));
    reading.skipped = delivery.through;
    reading.acknowledged = delivery.read.consumer.acknowledged;
    reading.types = std::move(delivery.read.consumer.types);
  }
}

}  // namespace

asio::awaitable<Reply> read_consumer(Call& call) {
  const Services& services = call.services;
  Reading reading;
  reading.name = call.path.front();
  reading.principal = call.peer.principal;
  reading.limit = static_cast<std::size_t>(call.query.number("limit", {1, 1000, 100}, call.faults));
  const std::chrono::seconds wait(call.query.number("wait", {0, 60, 0}, call.faults));
  reading.style = event_style(call);
  if (reading.style.expand && !call.may(Scope::users_read)) co_return missing_scope(call.request, Scope::users_read);
  if (!call.faults.empty()) co_return refuse(call.faults);

  auto work = [reading](storage::Snapshot& snapshot) {
    return find_live_consumer(snapshot, reading.name, reading.principal);
  };
  auto found = co_await services.store.read(std::move(work));
  if (auto refusal = failure(found)) co_return std::move(*refusal);
  const Readers::Place place = services.readers.take(reading.name);
  if (!place) co_return problem(409, "this consumer is being read by another request");

  const auto deadline = std::chrono::steady_clock::now() + wait;
  std::unique_ptr<Subscription> subscription;
  if (wait.count() > 0) {
    Interest interest;
    interest.types = (*found)->consumer.types;
    subscription = services.notifications.subscribe(std::move(interest));
  }
  co_return co_await deliver_next(call, std::move(reading), subscription.get(), deadline);
}

}  // namespace nopassd::handlers::site
