#pragma once
// What a hook is sent: a CloudEvent, signed as Standard Webhooks says. docs/site-api.md, "Hooks".
#include "handlers/hook_caller.hpp"
#include "storage/hook.hpp"

#include <string>
#include <string_view>

namespace nopassd::handlers::site {

/// "whsec_…", as it is shown once.
std::string hook_secret_text(std::string_view secret);

/// The value of `webhook-signature`; `timestamp` is the text of that header.
std::string hook_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                           std::string_view body);

struct HookMessage {
  std::string id;  // the event's
  std::string body;
};
HookRequest signed_request(const storage::Hook& hook, HookMessage message, storage::TimePoint now);

/// Whether the hook took what it was sent.
constexpr bool took(const HookReply& reply) { return reply.status >= 200 && reply.status <= 299; }
/// Why it did not, for the operator.
std::string why_not(const HookReply& reply);

}  // namespace nopassd::handlers::site
