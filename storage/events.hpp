#pragma once
// The event log: site-api.md, "Events". Drafts are appended in the transaction that changes what they tell of.
#include "storage/records.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::storage {

/// `type` without the leading "nopass.", e.g. "session.authorized"; `subject` e.g. "session/<uuid>" or "portal".
struct EventDraft {
  std::string type;
  std::string subject;
  boost::json::object data;
};

struct Event {
  std::int64_t sequence = 0;  // commit order, never used twice within an epoch
  std::string id;
  TimePoint time;
  std::string type;
  std::string subject;
  std::string data;  // a JSON object, serialized
};

/// Neither kept nor numbered: only streams that are open now see it. `session.picture`, `question.asked`;
/// `question.decided` and `hook.changed` wake whoever acts on them and reach no stream.
struct LiveEvent {
  std::string type;
  std::string subject;
  boost::json::object data;
};

/// What the hub is told after a commit.
struct CommitNotice {
  struct Appended {
    std::int64_t sequence;
    std::string type;
    std::string subject;
  };
  std::vector<Appended> events;
  std::vector<LiveEvent> live;
};

struct EventQuery {
  std::int64_t after = 0;
  std::size_t limit = 100;
  std::vector<std::string> types;  // empty: all
};

/// `through`: everything up to here was looked at, so a reader may go on from it even when `events` is empty.
struct EventPage {
  std::vector<Event> events;
  std::int64_t through = 0;
};

/// The log's state. Cursors are valid from `swept` (what was the last one removed, 0 for none) to `last`.
struct EventLog {
  std::string epoch;  // hexadecimal, made anew with the database or by a restore
  std::int64_t swept = 0;
  std::int64_t last = 0;
};

/// Every type that the log can hold, without "nopass."; for checking filters.
const std::vector<std::string_view>& event_types();
/// The live types that streams forward.
const std::vector<std::string_view>& live_event_types();

EventDraft portal_event(std::string_view name, std::string_view caller);
/// `{sessionId,userId,externalId}`; empty ones are left out.
EventDraft session_event(std::string_view name, const Session& session);
EventDraft registration_event(std::string_view name, const Registration& registration);
EventDraft user_event(std::string_view name, const User& user);

}  // namespace nopassd::storage
