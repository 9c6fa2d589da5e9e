#include "daemon/config_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <grp.h>
#include <pwd.h>
#include <vector>

namespace nopassd::daemon {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t longest_socket_path = 107;  // sockaddr_un, with its NUL

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

/// IPv6 without a zone, which would tie the meaning to an interface, and not an IPv4 address in disguise.
std::optional<ip::address> parse_address(std::string_view text) {
  if (text.find('%') != std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  if (error || (address.is_v6() && address.to_v6().is_v4_mapped())) return std::nullopt;
  return address;
}

/// The network, its address as given.
std::optional<Network> parse_loose_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = address->is_v4() ? 32 : 128;
  const auto prefix = slash == std::string_view::npos ? bits : parse_number(text.substr(slash + 1), bits);
  if (!prefix) return std::nullopt;
  const auto length = static_cast<unsigned short>(*prefix);
  if (address->is_v4()) return ip::network_v4(address->to_v4(), length);
  return ip::network_v6(address->to_v6(), length);
}

Network canonical(const Network& network) {
  return std::visit([](const auto& some) -> Network { return some.canonical(); }, network);
}

template <typename Entry, typename Function>
bool exists(Function find, const std::string& name) {
  std::vector<char> buffer(1 << 16);
  Entry entry{};
  Entry* found = nullptr;
  find(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr;
}

}  // namespace

std::optional<ip::tcp::endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parse_address(host);
  const auto port = parse_number(text.substr(colon + 1), 65535);
  if (!address || !port || address->is_v6() != bracketed) return std::nullopt;
  return ip::tcp::endpoint(*address, static_cast<ip::port_type>(*port));
}

std::optional<Network> parse_network(std::string_view text) {
  const auto network = parse_loose_network(text);
  if (!network || canonical(*network) != *network) return std::nullopt;
  return network;
}

Fault check_instance_name(std::string& text) {
  if (!text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_name_character)) return {};
  return {"is not a name", "1 to 64 of the characters A-Z a-z 0-9 . _ -"};
}

Fault check_endpoint(std::string& text) {
  if (parse_endpoint(text)) return {};
  return {fmt::format("\"{}\" is not an address and port", text),
          "IP:PORT or [IP6]:PORT, such as \"127.0.0.1:8480\" or \"[::1]:8480\"; ports 0 to 65535"};
}

Fault check_loopback_endpoint(std::string& text) {
  if (auto fault = check_endpoint(text)) return fault;
  if (parse_endpoint(text)->address().is_loopback()) return {};
  return {fmt::format("\"{}\" can be reached from other machines", text), "a loopback address, such as 127.0.0.1:9480"};
}

Fault check_network(std::string& text) {
  const auto network = parse_loose_network(text);
  if (!network) {
    return {fmt::format("\"{}\" is not an address or network", text),
            "such as \"192.0.2.7\", \"192.0.2.0/24\", \"2001:db8::/32\"; IPv4 addresses not as ::ffff:…"};
  }
  const auto right = canonical(*network);
  if (right == *network) return {};
  return {fmt::format("\"{}\" has address bits behind its prefix", text),
          fmt::format("\"{}\"", std::visit([](const auto& some) { return some.to_string(); }, right))};
}

Fault check_absolute_path(std::string& text) {
  if (text.starts_with('/') && !text.ends_with('/')) return {};
  return {fmt::format("\"{}\" is not an absolute path", text), "a path that begins with / and does not end in it"};
}

Fault check_socket_path(std::string& text) {
  if (auto fault = check_absolute_path(text)) return fault;
  if (text.size() <= longest_socket_path) return {};
  return {fmt::format("is {} bytes long", text.size()), fmt::format("at most {} bytes", longest_socket_path)};
}

Fault check_mode(std::string& text) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  const bool leading_zero = text.size() == 3 || (text.size() == 4 && text.front() == '0');
  if (leading_zero && std::ranges::all_of(text, is_octal)) return {};
  return {fmt::format("\"{}\" is not a file mode", text), "three octal digits behind a 0, such as \"0660\""};
}

Fault check_group(std::string& text) {
  if (exists<::group>(::getgrnam_r, text)) return {};
  return {fmt::format("there is no group \"{}\" here", text), "a group that `getent group NAME` finds"};
}

Fault check_user(std::string& text) {
  if (exists<::passwd>(::getpwnam_r, text)) return {};
  return {fmt::format("there is no user \"{}\" here", text), "a user that `getent passwd NAME` finds"};
}

Fault check_storage_url(std::string& text) {
  constexpr std::string_view scheme = "sqlite:";
  if (text.starts_with("postgresql:") || text.starts_with("postgres:")) {
    return {"this version stores in SQLite only", "\"sqlite:/var/lib/nopassd/nopassd.db\""};
  }
  if (text.starts_with(scheme)) {
    const std::string_view path = std::string_view(text).substr(scheme.size());
    if (path.starts_with('/') && !path.ends_with('/')) return {};
  }
  return {"is not the URL of a store", "sqlite: and an absolute path, such as \"sqlite:/var/lib/nopassd/nopassd.db\""};
}

}  // namespace nopassd::daemon
