#pragma once
// How a handler waits for something to be committed. The daemon's event hub implements it; nothing here publishes.
#include "storage/events.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nopassd::handlers {

namespace asio = boost::asio;

/// What a subscriber wants to be woken for.
struct Interest {
  std::vector<std::string> types;  // without "nopass."; empty: every type
  std::string subject;             // empty: every subject
  bool live = false;               // also collects live events, for take_live()
  bool answers = false;            // its owner may answer questions (scope questions:answer)
  bool lingers = true;             // as one who answers: for a minute after the subscription's end
};

/// Used by one coroutine. Destroying it ends the subscription.
class Subscription {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  virtual ~Subscription() = default;
  /// Returns true when something of interest was committed since the subscription began or since wait() last returned
  /// true, at once if that is already so; false at the deadline, when cancelled, and when the daemon is stopping.
  virtual asio::awaitable<bool> wait(Deadline deadline) = 0;
  /// The live events since the last call; at most the newest 256 are held.
  virtual std::vector<storage::LiveEvent> take_live() = 0;
  /// The daemon is stopping: end streams and long polls now.
  virtual bool stopping() const = 0;
};

/// Thread-safe. Register before reading the store, so that no wake-up is lost.
class Notifications {
 public:
  virtual ~Notifications() = default;
  virtual std::unique_ptr<Subscription> subscribe(Interest interest) = 0;
  /// Whether somebody who may answer questions is subscribed now, or was within the last minute.
  virtual bool anybody_answers() const = 0;
};

}  // namespace nopassd::handlers
