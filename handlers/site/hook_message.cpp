#include "handlers/site/hook_message.hpp"

#include "handlers/callback/base64.hpp"
#include "storage/secret.hpp"

#include <fmt/format.h>

#include <span>

namespace nopassd::handlers::site {

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::string hook_secret_text(std::string_view secret) { return "whsec_" + callback::encode_base64(secret); }

std::string hook_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                           std::string_view body) {
  const auto digest = storage::hmac_sha256(bytes_of(secret), fmt::format("{}.{}.{}", id, timestamp, body));
  return "v1," + callback::encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

HookRequest signed_request(const storage::Hook& hook, HookMessage message, storage::TimePoint now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  std::string timestamp = std::to_string(seconds);
  std::string signature = hook_signature(hook.secret, message.id, timestamp, message.body);
  HookRequest request;
  request.url = hook.url;
  request.headers = {{"content-type", "application/json"},
                     {"webhook-id", std::move(message.id)},
                     {"webhook-timestamp", std::move(timestamp)},
                     {"webhook-signature", std::move(signature)}};
  request.body = std::move(message.body);
  return request;
}

std::string why_not(const HookReply& reply) {
  if (reply.status == 0) return reply.detail.empty() ? "the daemon is stopping" : reply.detail;
  if (reply.status == 410) return "answered 410: paused until the next PUT";
  if (reply.status >= 300 && reply.status <= 399) {
    return fmt::format("answered {}: redirects are not followed", reply.status);
  }
  return fmt::format("answered {}", reply.status);
}

}  // namespace nopassd::handlers::site
