#pragma once
// Delivering events to hooks: one event at a time, in order, each until it is taken. Knows neither network nor event
// loop; the daemon's hook driver decides when. docs/site-api.md, "Hooks".
#include "handlers/site/site.hpp"

#include <string>
#include <vector>

namespace nopassd::handlers::site {

/// What one look at a hook came to.
struct HookTurn {
  enum class Kind {
    again,   // look again at once: an event was taken, or the hook has changed meanwhile
    idle,    // there is nothing to deliver
    failed,  // the event was not taken, or the store failed
    paused,  // nothing is delivered until the next PUT
    gone     // there is no such hook
  };
  Kind kind = Kind::idle;
  storage::Milliseconds
      pause{};  // until it is to be looked at again, if nothing happens before; not of `again`, `gone`
  std::vector<std::string> types;  // what it gets; empty: every type
  std::string detail;              // of `failed`: why, without secrets
};

/// After so many failures in a row: 2 s, doubled by each, at most 5 min; up to a fifth more or less, as `random` wants.
storage::Milliseconds hook_backoff(std::int64_t failures, const storage::Random& random);

/// One hook's deliveries; used by one coroutine at a time. `keep`: for so long an event is tried before the hook's
/// consumer counts as unseen, and is retired some time later by the sweeper.
class HookDelivery {
 public:
  HookDelivery(const Services& services, std::string name, storage::Milliseconds keep);

  /// Delivers the next event, if there is one and the hook is not paused, and writes down what became of it.
  asio::awaitable<HookTurn> next();
  /// Writes down that the hook is still driven; for pauses that are longer than seen_step().
  asio::awaitable<void> keep_seen();

 private:
  struct Look;
  asio::awaitable<HookTurn> deliver(Look seen);
  asio::awaitable<HookTurn> pass_over(Look seen);
  asio::awaitable<void> touch(Look seen);

  const Services& services_;
  const std::string name_;
  const storage::Milliseconds keep_;
};

/// At the start of the daemon: every hook counts as seen, and announces itself. For Store::transact.
bool greet_hooks(storage::Transaction& transaction);

}  // namespace nopassd::handlers::site
