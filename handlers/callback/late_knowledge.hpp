#pragma once
// Callbacks that overtake the site's own report of the authId or otp they name. callbacks.md, "Late knowledge".
#include "handlers/callback/call.hpp"
#include "handlers/callback/lines.hpp"
#include "handlers/callback/patience.hpp"

#include <chrono>
#include <optional>

namespace nopassd::handlers::callback {

/// What a callback names, and the event that tells of it.
struct Key {
  enum class Kind { auth_id, otp } kind;
  storage::Digest digest;
};

/// A callback that may have come early. Made when it arrives, and kept until it has taken effect: those that name the
/// same key take effect in the order of arrival. Patient only where the site makes calls of its own, or while the
/// daemon has one under way.
class EarlyCall {
 public:
  EarlyCall(const Call& call, const Key& key);

  /// Waits for those that came before; not when too many wait already.
  asio::awaitable<void> turn();
  /// Returns true when the key is known, and false callbacks.patience after the arrival: at once where nothing can
  /// become known, too many wait already, or the store cannot be read.
  asio::awaitable<bool> known();

 private:
  bool may_wait();

  const Call& call_;
  const Key key_;
  const std::chrono::steady_clock::time_point deadline_;
  std::optional<Lines::Turn> turn_;
  std::optional<Patience::Place> place_;
};

/// As commit(), but when `work` finds its key unknown it waits for it and runs once more.
asio::awaitable<Outcome> commit_patiently(const Call& call, const Key& key, Work work);

}  // namespace nopassd::handlers::callback
