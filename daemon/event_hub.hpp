#pragma once
// Wakes those who wait for commits. It is told by the store's writer thread, after the commit, and holds no events.
#include "handlers/notifications.hpp"

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace nopassd::daemon {

/// Thread-safe. Outlives its subscriptions.
class EventHub : public handlers::Notifications {
 public:
  ~EventHub() override;

  std::unique_ptr<handlers::Subscription> subscribe(handlers::Interest interest) override;
  bool anybody_answers() const override;

  /// Called on the writer thread.
  void committed(const storage::CommitNotice& notice);
  /// Ends every wait, now and later.
  void stop();

  class Waiter;  // one subscription's shared state; event_hub.cpp

 private:
  friend class HubSubscription;
  void leave(const std::shared_ptr<Waiter>& waiter);
  void offer(const std::string& type, const std::string& subject, const storage::LiveEvent* live);

  mutable std::mutex mutex_;
  std::unordered_set<std::shared_ptr<Waiter>> general_;
  std::unordered_multimap<std::string, std::shared_ptr<Waiter>> by_subject_;
  std::size_t answering_ = 0;
  std::chrono::steady_clock::time_point answered_until_{};  // the last answering subscription ended a minute before
  bool stopping_ = false;
};

}  // namespace nopassd::daemon
