#pragma once
// Reading the event log: what GET /v1/events asks for, and one page of it. Shared by the list and the stream.
#include "handlers/site/call.hpp"
#include "handlers/site/cursor.hpp"
#include "handlers/site/event_text.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nopassd::handlers::site {

struct EventsWanted {
  std::optional<Cursor> after;
  bool from_now = false;  // where `after` is absent: from now, else from the oldest
  std::size_t limit = 100;
  std::vector<std::string> types;
  std::chrono::seconds wait{0};
  bool streams = false;
  EventStyle style;
};

struct EventsRead {
  storage::EventLog log;
  std::int64_t through = 0;  // everything up to here was looked at
  bool found = false;        // there are events in the page
  std::string text;          // the page, as list or as blocks
  bool gone = false;         // `after` is no longer kept, lies ahead, or is of another epoch

  /// Nothing of the log lies behind this page.
  bool at_end() const { return through >= log.last; }
};

/// 200 with a page that EventText made.
Reply event_list(std::string text);

/// How the caller wants events, by the parameter `expand`.
EventStyle event_style(Call& call);

/// One page of what follows `wanted.after`, from one committed state.
asio::awaitable<storage::result<EventsRead>> read_page(storage::Store& store, const EventsWanted& wanted);

/// event_stream.cpp: Server-Sent Events until the peer leaves, the daemon stops, or the store fails.
asio::awaitable<Reply> stream_events(Call& call, EventsWanted wanted);

}  // namespace nopassd::handlers::site
