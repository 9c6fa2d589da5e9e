#include "handlers/site/hook_state.hpp"

#include "handlers/site/hook_message.hpp"

namespace nopassd::handlers::site {

namespace {

void raise(storage::Transaction& transaction, std::string_view type, const storage::Hook& hook) {
  storage::EventDraft draft{std::string(type), "hook/" + hook.name, {}};
  draft.data["name"] = hook.name;
  transaction.append(std::move(draft));
}

void note(storage::Transaction& transaction, storage::Hook& hook, const HookReply& reply, std::string_view why) {
  hook.last_error = storage::HookError{transaction.now(), reply.status, std::string(why)};
  const bool pauses = reply.status == 410 && !hook.paused;
  hook.paused = hook.paused || pauses;
  if (!hook.told && (hook.paused || hook.failures >= failures_until_told)) {
    hook.told = true;
    raise(transaction, "hook.failing", hook);
  }
  transaction.update_hook(hook);
  if (pauses) announce_hook(transaction, hook.name, false);
}

}  // namespace

void announce_hook(storage::Transaction& transaction, std::string_view name, bool answers) {
  storage::LiveEvent event{std::string(hook_changed), "hook/" + std::string(name), {}};
  event.data["name"] = name;
  event.data["answers"] = answers;
  transaction.announce(std::move(event));
}

void note_failure(storage::Transaction& transaction, storage::Hook& hook, const HookReply& reply) {
  ++hook.failures;
  note(transaction, hook, reply, why_not(reply));
}

void note_unanswered(storage::Transaction& transaction, storage::Hook& hook, const HookReply& reply,
                     std::string_view why) {
  note(transaction, hook, reply, why);
}

void note_delivery(storage::Transaction& transaction, storage::Hook& hook) {
  hook.failures = 0;
  hook.last_delivered_at = transaction.now();
  if (std::exchange(hook.told, false)) raise(transaction, "hook.recovered", hook);
  transaction.update_hook(hook);
}

}  // namespace nopassd::handlers::site
