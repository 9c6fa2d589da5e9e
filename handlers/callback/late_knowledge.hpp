#pragma once
// Callbacks that overtake the site's own report of the authId or otp they name. callbacks.md, "Late knowledge".
#include "handlers/callback/call.hpp"

namespace nopassd::handlers::callback {

/// What a callback names, and the event that tells of it.
struct Key {
  enum class Kind { auth_id, otp } kind;
  storage::Digest digest;
};

/// Returns true when the key is known, and false at the end of callbacks.patience: at once where the site makes no
/// calls of its own, too many wait already, or the store cannot be read.
asio::awaitable<bool> wait_until_known(const Call& call, const Key& key);

/// As commit(), but when `work` finds its key unknown it waits for it and runs once more.
asio::awaitable<Outcome> commit_patiently(const Call& call, const Key& key, Work work);

}  // namespace nopassd::handlers::callback
