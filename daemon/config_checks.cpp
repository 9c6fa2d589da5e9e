#include "daemon/config_checks.hpp"

#include "daemon/config_files.hpp"
#include "daemon/config_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace nopassd::daemon {
namespace {

/// A path without doubled slashes and dots in between.
std::string normal(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    begin = end + 1;
  }
  return fmt::format("/{}", fmt::join(parts, "/"));
}

class Checks {
 public:
  Checks(const Entries& entries, const Config& config, Problems& problems)
      : entries_(entries), config_(config), problems_(problems) {}

  void tls() {
    const bool certificate = is_set("listener.tls_certificate"), key = is_set("listener.tls_key");
    if (certificate != key) {
      add(certificate ? "listener.tls_certificate" : "listener.tls_key",
          {certificate ? "has no listener.tls_key" : "has no listener.tls_certificate",
           "both for HTTPS, neither for plain HTTP on loopback"});
    }
    if (valid("listener.address") && !certificate && !key && !config_.listener.address.address().is_loopback()) {
      add("listener.address", {"plain HTTP can be reached from other machines",
                               "a loopback address, or HTTPS by listener.tls_certificate and listener.tls_key"});
    }
    if (certificate && key && valid("listener.tls_certificate") && valid("listener.tls_key")) key_pairs();
    if (is_set("callers.client_ca") && !certificate && !key) {
      add("callers.client_ca", {"needs TLS", "listener.tls_certificate and listener.tls_key"});
    }
  }

  /// docs/configuration.md: with `anybody` a forged callback comes through, so none may be believed unasked.
  void anybody() {
    if (!valid("callers.anybody") || !config_.callers.anybody || is_set("callers.client_ca")) return;
    std::vector<std::string_view> accepting;
    for (const auto key : {"policy.validate_user_registration", "policy.update_user", "policy.add_users"}) {
      if (valid(key) && entries_.at(key).value.text == "accept") accepting.push_back(key);
    }
    if (valid("policy.fallback") && config_.handlers.fallback_allows) accepting.push_back("policy.fallback");
    if (accepting.empty()) return;
    const auto keys = fmt::format("{}", fmt::join(accepting, ", "));
    add("callers.anybody", {fmt::format("would let anyone's callbacks be accepted by {}", keys),
                            fmt::format("callers.client_ca, or another value than \"accept\" for {}", keys)});
  }

  void sockets() {
    if (!valid("site.socket")) return;
    const auto site = normal(config_.site.path);
    const bool live = valid("live.socket") && !config_.live.path.empty();
    if (live && normal(config_.live.path) == site) {
      add("live.socket", {"is site.socket too", "a path of its own: browsers must never reach the site API"});
    }
    if (!valid("hooks.targets")) return;
    for (const auto& target : entries_.at("hooks.targets").value.items) {
      if (!target.starts_with("unix:")) continue;
      const auto path = target.substr(5, target.find(':', 5) - 5);
      if (normal(path) == site || (live && normal(path) == normal(config_.live.path))) {
        add("hooks.targets", {fmt::format("\"{}\" is the daemon's own socket", target), "somebody else's socket"});
      }
    }
  }

 private:
  void key_pairs() {
    const auto& certificates = config_.listener.tls_certificates;
    const auto& keys = config_.listener.tls_keys;
    if (certificates.size() != keys.size()) {
      return add("listener.tls_key", {fmt::format("{} keys for {} certificates", keys.size(), certificates.size()),
                                      "the key of each listener.tls_certificate, in the same order"});
    }
    std::set<std::string> kinds;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!key_matches(certificates[i], keys[i])) {
        add("listener.tls_key", {fmt::format("{} is not the key of {}", keys[i], certificates[i]),
                                 "the key that the certificate was made for"});
      } else if (!kinds.insert(kind_of_key(keys[i])).second) {
        add("listener.tls_certificate", {fmt::format("{} has the same kind of key as one before it", certificates[i]),
                                         "one certificate of each kind, such as one with ECDSA and one with RSA"});
      }
    }
  }

  bool valid(std::string_view key) const { return entries_.at(key).valid; }

  /// Something other than "" was given, be it right or wrong.
  bool is_set(std::string_view key) const { return !valid(key) || !entries_.at(key).value.blank(); }

  void add(std::string_view key, Fault fault) { problems_.add(entries_.at(key).place, key, std::move(fault)); }

  const Entries& entries_;
  const Config& config_;
  Problems& problems_;
};

}  // namespace

void check_together(const Entries& entries, const Config& config, Problems& problems) {
  Checks checks(entries, config, problems);
  checks.tls();
  checks.anybody();
  checks.sockets();
}

void check_mixed(const Entries& entries, const Config& config, Problems& problems) {
  Checks checks(entries, config, problems);
  checks.anybody();
  checks.sockets();
}

std::vector<std::string> notes_of(const Entries& entries) {
  std::vector<std::string> result;
  const bool anybody = entries.at("callers.anybody").value.flag;
  const bool mutual_tls = !entries.at("callers.client_ca").value.text.empty();
  if (anybody && mutual_tls) {
    result.emplace_back("callers.anybody admits callbacks from every address with a certificate of client_ca");
  } else if (anybody) {
    result.emplace_back("callers.anybody admits callbacks from everyone: anyone can pretend to be NoPass");
  } else if (entries.at("callers.allow").value.items.empty()) {
    result.emplace_back("callers.allow is empty: every callback is refused");
  }
  return result;
}

}  // namespace nopassd::daemon
