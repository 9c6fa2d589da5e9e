#include "daemon/address.hpp"

namespace nopassd::daemon {

namespace ip = boost::asio::ip;

address plain_address(const address& raw) {
  if (!raw.is_v6()) return raw;
  const auto v6 = raw.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  return ip::address_v6(v6.to_bytes());
}

std::optional<address> parse_address(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  boost::system::error_code error;
  const auto parsed = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return plain_address(parsed);
}

bool contains(const Network& network, const address& host) {
  if (const auto* v4 = std::get_if<ip::network_v4>(&network)) {
    return host.is_v4() && ip::network_v4(host.to_v4(), v4->prefix_length()).network() == v4->network();
  }
  const auto& v6 = std::get<ip::network_v6>(network);
  return host.is_v6() && ip::network_v6(host.to_v6(), v6.prefix_length()).network() == v6.network();
}

bool contains(std::span<const Network> networks, const address& host) {
  for (const auto& network : networks) {
    if (contains(network, host)) return true;
  }
  return false;
}

std::string counting_key(const address& host) {
  if (host.is_v4()) return host.to_string();
  return ip::network_v6(host.to_v6(), 64).canonical().to_string();
}

}  // namespace nopassd::daemon
