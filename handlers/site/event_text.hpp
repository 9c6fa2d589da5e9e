#pragma once
// Pages of the event log as clients get them. Written where the log is read, on the store's reader threads, so that a
// reader who catches up does not hold up the event loop.
#include "handlers/site/scopes.hpp"
#include "storage/snapshot.hpp"

#include <map>
#include <optional>
#include <string>

namespace nopassd::handlers::site {

struct EventStyle {
  std::string source;            // CloudEvents `source`
  std::optional<Scopes> expand;  // of ?expand=user: what the reader may see of a user
};

/// Used within one read; the snapshot and the style outlive it.
class EventText {
 public:
  EventText(storage::Snapshot& snapshot, const EventStyle& style, std::string epoch)
      : snapshot_(snapshot), style_(style), epoch_(std::move(epoch)) {}

  /// `{"data":[…],"cursor":…}`; the cursor is the page's `through`.
  std::string list(const storage::EventPage& page);
  /// Blocks of a Server-Sent Events stream.
  std::string blocks(const storage::EventPage& page);

 private:
  /// With the user as he is now, where the style wants it and the event is of a user.
  std::string event(const storage::Event& event);
  const std::string& user(const std::string& id);

  storage::Snapshot& snapshot_;
  const EventStyle& style_;
  const std::string epoch_;
  std::map<std::string, std::string> users_;  // by id; empty for one who is not there
};

}  // namespace nopassd::handlers::site
