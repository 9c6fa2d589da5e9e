// GET /v1/events: docs/site-api.md, "Events".
#include "handlers/site/events.hpp"

#include "handlers/site/authorization.hpp"
#include "handlers/site/event_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

namespace nopassd::handlers::site {

namespace {

std::optional<Cursor> wanted_cursor(Call& call, bool streams) {
  const bool resumes = streams && !call.request.last_event_id.empty();
  const auto given = call.query.find("after");
  std::optional<Cursor> after;
  if (given && !(after = parse_cursor(*given))) call.faults.parameter("after", "is no cursor");
  if (!resumes) return after;
  after = parse_cursor(call.request.last_event_id);
  if (!after) call.faults.header("Last-Event-ID", "is no cursor");
  return after;
}

asio::awaitable<Reply> poll_events(Call& call, EventsWanted wanted) {
  const auto deadline = std::chrono::steady_clock::now() + wanted.wait;
  std::unique_ptr<Subscription> subscription;
  if (wanted.wait.count() > 0) {
    Interest interest;
    interest.types = wanted.types;
    subscription = call.services.notifications.subscribe(std::move(interest));
  }
  while (true) {
    auto read = co_await read_page(call.services.store, wanted);
    if (!read) co_return store_trouble(read.error());
    if (read->gone) co_return cursor_gone(read->log);
    const bool moves_on = !read->found && !read->at_end();
    if (!moves_on) {
      bool again = false;
      if (!read->found && subscription) {
        again = co_await subscription->wait(deadline);
        if (auto refusal = co_await check_again(call)) co_return std::move(*refusal);
      }
      if (!again) co_return event_list(std::move(read->text));
    }
    wanted.after = Cursor{read->log.epoch, read->through};
  }
}

}  // namespace

EventStyle event_style(Call& call) {
  EventStyle style{call.services.settings.event_source, std::nullopt};
  const auto expand = call.query.find("expand");
  if (!expand) return style;
  if (*expand == "user") {
    style.expand = call.peer.scopes;
  } else {
    call.faults.parameter("expand", "can be `user` alone");
  }
  return style;
}

Reply event_list(std::string text) {
  Reply reply;
  reply.content_type = "application/json";
  reply.body = std::move(text);
  return reply;
}

asio::awaitable<storage::result<EventsRead>> read_page(storage::Store& store, const EventsWanted& wanted) {
  auto work = [wanted](storage::Snapshot& snapshot) {
    EventsRead read;
    read.log = snapshot.event_log();
    read.gone = wanted.after && !is_kept(*wanted.after, read.log);
    if (read.gone) return read;
    storage::EventQuery query;
    query.after = wanted.from_now ? read.log.last : read.log.swept;
    if (wanted.after) query.after = wanted.after->sequence;
    query.limit = wanted.limit;
    query.types = wanted.types;
    const storage::EventPage page = snapshot.events_after(query);
    read.through = page.through;
    read.found = !page.events.empty();
    EventText text(snapshot, wanted.style, read.log.epoch);
    read.text = wanted.streams ? text.blocks(page) : text.list(page);
    return read;
  };
  co_return co_await store.read(std::move(work));
}

asio::awaitable<Reply> read_events(Call& call) {
  const bool streams = accepts(call.request.accept, "text/event-stream");
  EventsWanted wanted;
  wanted.after = wanted_cursor(call, streams);
  wanted.from_now = wanted.streams = streams;
  wanted.limit = static_cast<std::size_t>(call.query.number("limit", {1, 1000, 100}, call.faults));
  wanted.wait = std::chrono::seconds(call.query.number("wait", {0, 60, 0}, call.faults));
  wanted.types = type_filter(call.query, streams ? Kept::and_live : Kept::only, call.faults);
  wanted.style = event_style(call);
  if (wanted.style.expand && !call.may(Scope::users_read)) co_return missing_scope(call.request, Scope::users_read);
  if (!call.faults.empty()) co_return refuse(call.faults);
  if (streams) co_return co_await stream_events(call, std::move(wanted));
  co_return co_await poll_events(call, std::move(wanted));
}

}  // namespace nopassd::handlers::site
