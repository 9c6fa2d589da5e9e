#pragma once
// Whether a callback is answered at all: the registration window, and the portal's state. callbacks.md, "The
// registration window". Asked on the last commit before a body is read, and again inside the transaction.
#include "handlers/callback/callback_table.hpp"

namespace nopassd::handlers::callback {

/// How long a good callback 1 counts, and how long after a registration a second callback 2 is looked at.
inline constexpr storage::Milliseconds challenge_lifetime = std::chrono::minutes(10);

/// Who asks, and when.
struct Visit {
  std::string_view caller;
  storage::TimePoint now;
  bool same_caller = true;  // registration.same_caller
};

/// The operator has opened a window, it is not over, and the portal is not registered.
bool window_open(const storage::Portal& portal, storage::TimePoint now);

/// The window's challenge, when it is there and young enough, whoever it was.
const storage::Challenge* challenge_of(const storage::Portal& portal, storage::TimePoint now);

/// Callback 2 may register: window and challenge stand, and the caller is the one of the challenge.
bool may_register(const storage::Portal& portal, const Visit& visit);

/// Callback 2 came before, not long ago, from this caller: this one is its repeat or its forgery.
bool registered_lately(const storage::Portal& portal, const Visit& visit);

/// Why a callback is not answered: 404 without a body, or 112.
std::optional<Outcome> not_admitted(Admission admission, const storage::Portal& portal, const Visit& visit);

}  // namespace nopassd::handlers::callback
