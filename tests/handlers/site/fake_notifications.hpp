#pragma once
// A small event hub for tests: told by the store's commits, and by the test when a wait should be over.
#include "handlers/notifications.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace nopassd::testing {

/// Thread-safe. Outlives its subscriptions.
class FakeNotifications : public handlers::Notifications {
 public:
  std::unique_ptr<handlers::Subscription> subscribe(handlers::Interest interest) override;
  bool anybody_answers() const override { return false; }

  void committed(const storage::CommitNotice& notice);
  /// The daemon is stopping.
  void stop();
  /// Those who wait now are told false, as at their deadline.
  void end_waits();

  /// How many wait now.
  std::size_t waiting() const;
  /// How many subscriptions there are now.
  std::size_t subscribed() const;
  /// Of everybody who ever subscribed, in order.
  std::vector<handlers::Interest> interests() const;
  /// How long the last wait was to last, from its beginning.
  std::chrono::steady_clock::duration last_wait() const;

  struct Seat {
    handlers::Interest interest;
    std::optional<boost::asio::steady_timer> timer;
    bool pending = false;
    bool over = false;
    std::vector<storage::LiveEvent> live;
  };

 private:
  friend class FakeSubscription;
  static void wake(const std::shared_ptr<Seat>& seat, FakeNotifications& owner);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Seat>> seats_;
  std::vector<handlers::Interest> interests_;
  std::chrono::steady_clock::duration last_wait_{};
  bool stopping_ = false;
};

}  // namespace nopassd::testing
