#pragma once
// Who calls, and whether he may: callbacks.md, "Who may call".
#include "daemon/address.hpp"
#include "daemon/rate_limiter.hpp"

#include <string>
#include <vector>

namespace nopassd::daemon {

/// Immutable but for the counting of the rate limiter; thread-safe.
class CallerGate {
 public:
  explicit CallerGate(const CallersConfig& config);

  struct Verdict {
    bool admitted = false;
    bool in_time = true;  // false: admitted, but over the rate
    std::string caller;   // the caller's address; the peer's when the caller could not be told
  };

  /// `forwarded_for` are the values of every X-Forwarded-For line, in order. `proxied`: `peer` is what a PROXY header
  /// of a trusted proxy said, so X-Forwarded-For is ignored.
  Verdict judge(const address& peer, const std::vector<std::string_view>& forwarded_for, bool proxied);

  bool is_trusted_proxy(const address& peer) const { return contains(config_.trusted_proxies, peer); }
  /// Neither allowed nor a proxy: only `anybody` may admit it, and its connections are limited.
  bool is_stranger(const address& peer) const { return !contains(config_.allow, peer) && !is_trusted_proxy(peer); }

 private:
  std::optional<address> caller_of(const address& peer, const std::vector<std::string_view>& forwarded_for) const;

  CallersConfig config_;
  RateLimiter limiter_;
};

}  // namespace nopassd::daemon
