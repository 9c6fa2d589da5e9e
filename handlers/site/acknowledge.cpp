// POST /v1/consumers/{name}/ack: cumulative and idempotent.
#include "handlers/site/body.hpp"
#include "handlers/site/consumers.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

namespace nopassd::handlers::site {

namespace {

struct Acknowledged {
  ConsumerRead read;
  bool gone = false;    // a cursor of another epoch
  bool beyond = false;  // of what was delivered
};

Outcome<Acknowledged> move_to(storage::Transaction& transaction, ConsumerRead read, const Cursor& through,
                              storage::Milliseconds step) {
  Acknowledged done{std::move(read)};
  storage::Consumer& consumer = done.read.consumer;
  done.gone = through.epoch != done.read.log.epoch;
  done.beyond = !done.gone && through.sequence > consumer.delivered;
  if (done.gone || done.beyond) return done;
  const bool moves = through.sequence > consumer.acknowledged;
  if (moves) consumer.acknowledged = through.sequence;
  if (moves) done.read.lag = storage::lag_of(transaction, consumer);
  if (moves || transaction.now() - consumer.last_seen >= step) {
    consumer.last_seen = transaction.now();
    transaction.update_consumer(consumer);
  }
  return done;
}

std::optional<Cursor> through_member(Call& call) {
  constexpr std::size_t longest_cursor = 100;
  const auto text = text_member(call.body, "through", {1, longest_cursor, true}, call.faults);
  if (!text) return std::nullopt;
  auto cursor = parse_cursor(*text);
  if (!cursor) call.faults.body("/through", "is no cursor");
  return cursor;
}

}  // namespace

asio::awaitable<Reply> acknowledge(Call& call) {
  const auto through = through_member(call);
  if (!call.faults.empty()) co_return refuse(call.faults);
  auto work = [name = call.path.front(), principal = call.peer.principal, cursor = *through,
               step = seen_step(call.services.settings)](storage::Transaction& transaction) -> Outcome<Acknowledged> {
    auto found = find_live_consumer(transaction, name, principal);
    if (found.has_error()) return found.refused();
    return move_to(transaction, std::move(*found), cursor, step);
  };
  auto done = co_await call.services.store.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  const Acknowledged& result = **done;
  if (result.gone) co_return cursor_gone(result.read.log);
  if (result.beyond) {
    call.faults.body("/through", "lies beyond what was delivered");
    co_return refuse(call.faults);
  }
  co_return json_reply(200, consumer_view(result.read));
}

}  // namespace nopassd::handlers::site
