#include "handlers/live/stream.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::handlers::live {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr auto beat_period = std::chrono::seconds(15);
// How soon a browser comes back whose stream broke.
constexpr std::string_view reconnect = "retry: 1000\n";

/// The id says what was seen; whoever comes back with it is told the present state, whatever it was.
std::string block(std::string_view event, const Shown& shown) {
  return fmt::format("id: {}.{}\nevent: {}\ndata: {}\n\n", shown.state, shown.picture_version.value_or(0), event,
                     boost::json::serialize(status_object(shown)));
}

/// What to tell whoever was told `before` last.
std::string changes(const Shown& before, const Shown& now) {
  if (now.state != before.state) return block(now.event, now);
  if (now.picture_version != before.picture_version) return block("picture", now);
  return {};
}

asio::awaitable<std::optional<Shown>> look(storage::Store& store, storage::Digest ticket) {
  auto work = [ticket](storage::Snapshot& snapshot) { return show(snapshot, ticket); };
  auto found = co_await store.read(std::move(work));
  co_return found ? std::move(*found) : std::nullopt;
}

}  // namespace

asio::awaitable<Reply> stream_ticket(const Services& services, storage::Digest ticket, Shown first, Reply head,
                                     site::StreamWriter& stream) {
  const Counted counted(services.metrics.live_streams);
  Reply ended;
  ended.streamed = true;
  Interest interest;
  interest.subject = first.subject;
  interest.live = true;
  interest.lingers = false;
  const auto subscription = services.notifications.subscribe(std::move(interest));
  // Once more: something may have happened before the subscription.
  auto now = co_await look(services.store, ticket);
  if (!co_await stream.start(head) || !now) co_return ended;

  std::string text = std::string(reconnect) + block("state", *now);
  if (now->event != "state") text += block(now->event, *now);
  auto next_beat = SteadyClock::now() + beat_period;
  while (true) {
    if (!text.empty() && !co_await stream.write(text)) break;
    if (now->over || subscription->stopping()) break;
    auto until = next_beat;
    if (now->expires_in) until = std::min(until, SteadyClock::now() + *now->expires_in);
    co_await subscription->wait(until);
    subscription->take_live();
    if (subscription->stopping()) break;
    auto later = co_await look(services.store, ticket);
    if (!later) break;
    text = changes(*now, *later);
    now = std::move(later);
    if (SteadyClock::now() < next_beat) continue;
    if (text.empty()) text = ":\n\n";
    next_beat = SteadyClock::now() + beat_period;
  }
  co_return ended;
}

}  // namespace nopassd::handlers::live
