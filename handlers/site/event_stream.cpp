// The event stream: Server-Sent Events over one reply that does not end by itself.
#include "handlers/site/authorization.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/events.hpp"
#include "handlers/site/stream_head.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr auto beat_period = std::chrono::seconds(15);

Interest interest_of(const Call& call, const EventsWanted& wanted) {
  Interest interest;
  interest.types = wanted.types;
  interest.live = true;
  interest.answers = call.may(Scope::questions_answer);
  return interest;
}

Reply head_of(const Call& call) {
  Reply head = stream_head();
  head.headers.insert(head.headers.end(), call.rate_headers.begin(), call.rate_headers.end());
  return head;
}

Reply stream_ended() {
  Reply reply;
  reply.streamed = true;
  return reply;
}

bool is_forwarded(const storage::LiveEvent& event, const EventsWanted& wanted) {
  const auto& live = storage::live_event_types();
  if (std::find(live.begin(), live.end(), event.type) == live.end()) return false;
  const auto& types = wanted.types;
  return types.empty() || std::find(types.begin(), types.end(), event.type) != types.end();
}

/// What there is to send: the page, then the live events that were taken before the page was read, so that a live
/// event never overtakes the event that it follows.
std::string blocks(const Call& call, const EventsWanted& wanted, const EventsRead& read,
                   const std::vector<storage::LiveEvent>& live) {
  const std::string& source = call.services.settings.event_source;
  std::string text = read.text;
  if (!read.at_end()) return text;
  for (const storage::LiveEvent& event : live) {
    if (!is_forwarded(event, wanted)) continue;
    text += live_block(event, storage::make_uuid(call.services.random), call.services.store.now(), source);
  }
  return text;
}

}  // namespace

asio::awaitable<Reply> stream_events(Call& call, EventsWanted wanted) {
  const auto subscription = call.services.notifications.subscribe(interest_of(call, wanted));
  auto read = co_await read_page(call.services.store, wanted);
  if (!read) co_return store_trouble(read.error());
  if (read->gone) co_return cursor_gone(read->log);
  const Reply head = head_of(call);
  if (!co_await call.stream.start(head)) co_return stream_ended();

  std::vector<storage::LiveEvent> live;
  auto next_beat = SteadyClock::now();  // the first one at once: a reader knows where it stands
  while (!subscription->stopping()) {
    std::string chunk = blocks(call, wanted, *read, live);
    if (SteadyClock::now() >= next_beat) {
      chunk += id_block(read->log.epoch, read->through);
      next_beat = SteadyClock::now() + beat_period;
    }
    if (!chunk.empty() && !co_await call.stream.write(chunk)) break;
    if (read->at_end()) {
      if (!co_await subscription->wait(next_beat)) next_beat = SteadyClock::now();
      live = subscription->take_live();
    }
    if (const auto refusal = co_await check_again(call)) break;
    wanted.after = Cursor{read->log.epoch, read->through};
    read = co_await read_page(call.services.store, wanted);
    // Too late for a status: the client comes back with its last cursor and is told then.
    if (!read || read->gone) break;
  }
  co_return stream_ended();
}

}  // namespace nopassd::handlers::site
