#pragma once
// Callbacks that name the same authId or otp take effect in the order in which they came, even when all of them had to
// wait for it to become known: the first verdict is final, and which one is first must not depend on who wakes first.
#include "storage/secret.hpp"

#include <boost/asio/awaitable.hpp>

#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace nopassd::handlers::callback {

/// Thread-safe. Outlives its turns.
class Lines {
 public:
  struct Waiter;  // lines.cpp

  /// A place in the line of one key, left when destroyed. Used by one coroutine.
  class Turn {
   public:
    Turn(Lines& lines, const storage::Digest& key);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    bool has_come() const;
    /// Returns when all who came before have left.
    boost::asio::awaitable<void> come();

   private:
    Lines& lines_;
    const storage::Digest key_;
    std::shared_ptr<Waiter> waiter_;
  };

 private:
  mutable std::mutex mutex_;
  std::map<storage::Digest, std::deque<std::shared_ptr<Waiter>>> lines_;
};

}  // namespace nopassd::handlers::callback
