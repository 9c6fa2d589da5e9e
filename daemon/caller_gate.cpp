#include "daemon/caller_gate.hpp"

namespace nopassd::daemon {

CallerGate::CallerGate(const CallersConfig& config)
    : config_(config), limiter_(config.requests_per_second, config.burst) {}

std::optional<address> CallerGate::caller_of(const address& peer,
                                             const std::vector<std::string_view>& forwarded_for) const {
  if (forwarded_for.empty()) return peer;
  if (!is_trusted_proxy(peer)) return std::nullopt;
  std::vector<address> chain;
  for (auto line : forwarded_for) {
    while (true) {
      const auto comma = line.find(',');
      const auto entry = parse_address(line.substr(0, comma));
      if (!entry) return std::nullopt;
      chain.push_back(*entry);
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
  }
  for (auto hop = chain.rbegin(); hop != chain.rend(); ++hop) {
    if (!is_trusted_proxy(*hop)) return *hop;
  }
  return chain.front();
}

CallerGate::Verdict CallerGate::judge(const address& peer, const std::vector<std::string_view>& forwarded_for,
                                      bool proxied) {
  const auto caller = proxied ? std::optional(peer) : caller_of(peer, forwarded_for);
  if (!caller) return {false, true, peer.to_string()};
  Verdict verdict{true, true, caller->to_string()};
  if (contains(config_.allow, *caller)) return verdict;
  verdict.admitted = config_.anybody;
  if (config_.anybody) verdict.in_time = limiter_.admit(counting_key(*caller), RateLimiter::Moment::clock::now());
  return verdict;
}

}  // namespace nopassd::daemon
