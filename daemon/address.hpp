#pragma once
// Addresses and networks of callers.
#include "daemon/config.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nopassd::daemon {

using boost::asio::ip::address;

/// An IPv4-mapped IPv6 address becomes the IPv4 address that it stands for; a zone (%eth0) is dropped.
address plain_address(const address& raw);

/// Exactly one address in text, nothing around it but spaces and tabs.
std::optional<address> parse_address(std::string_view text);

bool contains(const Network& network, const address& host);
bool contains(std::span<const Network> networks, const address& host);

/// What one caller is counted under: the IPv4 address, or the /64 of an IPv6 address.
std::string counting_key(const address& host);

}  // namespace nopassd::daemon
