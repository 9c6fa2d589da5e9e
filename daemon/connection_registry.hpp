#pragma once
// The connections that are open: their number is limited, and all are told when the daemon stops.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_set>

namespace nopassd::daemon {

/// A connection that can be told to end. Both functions are thread-safe and return at once.
class Drainable {
 public:
  virtual ~Drainable() = default;
  /// Finish the request that is under way, answer it, and close; when idle, close.
  virtual void drain() = 0;
};

/// Thread-safe. Outlives the connections.
class ConnectionRegistry {
 public:
  explicit ConnectionRegistry(std::size_t limit) : limit_(limit) {}

  /// Whether one more connection may be opened now.
  bool has_room() const {
    const std::lock_guard lock(mutex_);
    return open_.size() < limit_;
  }
  /// Counts one that found no room.
  void turn_away() { turned_away_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t turned_away() const { return turned_away_.load(std::memory_order_relaxed); }
  void enter(Drainable* connection) {
    const std::lock_guard lock(mutex_);
    open_.insert(connection);
  }
  void leave(Drainable* connection) {
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
  }
  void drain() {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    for (auto* connection : open_) connection->drain();
  }
  /// Whether drain() has been called: for connections that have come since.
  bool draining() const {
    const std::lock_guard lock(mutex_);
    return draining_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

 private:
  const std::size_t limit_;
  std::atomic<std::uint64_t> turned_away_{0};
  mutable std::mutex mutex_;
  std::unordered_set<Drainable*> open_;
  bool draining_ = false;
};

/// Has the registry count what is to become a connection.
class Arriving : public Drainable {
 public:
  explicit Arriving(ConnectionRegistry& registry) : registry_(registry) { registry_.enter(this); }
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;
  ~Arriving() override { registry_.leave(this); }
  void drain() override {}

 private:
  ConnectionRegistry& registry_;
};

}  // namespace nopassd::daemon
