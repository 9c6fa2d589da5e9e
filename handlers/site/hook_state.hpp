#pragma once
// What happens to a hook beside its position: changes that others are told of, failures, recovery.
#include "handlers/hook_caller.hpp"
#include "storage/transaction.hpp"

#include <string_view>

namespace nopassd::handlers::site {

/// So many failures in a row raise hook.failing; so does a 410.
inline constexpr std::int64_t failures_until_told = 3;

/// The live event of every change that whoever drives the hooks must know: made, changed, resumed, paused, removed.
/// `answers` is whether questions go to it from now on.
inline constexpr std::string_view hook_changed = "hook.changed";
void announce_hook(storage::Transaction& transaction, std::string_view name, bool answers);

/// Whether questions go to it.
inline bool is_asked(const storage::Hook& hook) { return hook.answers && !hook.paused; }

/// Whether what was answered to the hook as `then` still counts for it as it is now; a PUT of another URL lies between
/// otherwise, or a removal.
inline bool is_same_address(const storage::Hook& then, const storage::Hook& now) {
  return then.url == now.url && then.secret == now.secret;
}

/// Notes why a delivery failed, pauses the hook when the reply was 410, and raises hook.failing where it is due.
void note_failure(storage::Transaction& transaction, storage::Hook& hook, const HookReply& reply);
/// Notes that a question stayed without an answer; counts no failure, but a 410 pauses here, too.
void note_unanswered(storage::Transaction& transaction, storage::Hook& hook, const HookReply& reply,
                     std::string_view why);
/// Notes a delivery, and raises hook.recovered where hook.failing was.
void note_delivery(storage::Transaction& transaction, storage::Hook& hook);

}  // namespace nopassd::handlers::site
