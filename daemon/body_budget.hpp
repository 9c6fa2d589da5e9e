#pragma once
// listener.max_buffered: how many bytes of request bodies are held at one time, over all connections.
#include <atomic>
#include <cstddef>

namespace nopassd::daemon {

/// Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit) : limit_(limit) {}

  /// What one connection holds of the budget; gives it back when destroyed.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_.held_.fetch_sub(held_); }

    /// Raises the share to `bytes`; false, and nothing taken, when the budget has no room for it.
    bool grow_to(std::size_t bytes) {
      if (bytes <= held_) return true;
      const std::size_t more = bytes - held_;
      if (budget_.held_.fetch_add(more) + more > budget_.limit_) {
        budget_.held_.fetch_sub(more);
        return false;
      }
      held_ = bytes;
      return true;
    }

   private:
    BodyBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> held_ = 0;
};

}  // namespace nopassd::daemon
