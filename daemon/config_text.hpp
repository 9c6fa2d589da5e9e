#pragma once
// What a string of the configuration must look like; see KeySpec::check. None of these looks at the network.
#include "daemon/config_keys.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace nopassd::daemon {

/// "IP:PORT" or "[IP6]:PORT".
std::optional<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);
/// An address or a CIDR network without bits behind its prefix.
std::optional<Network> parse_network(std::string_view text);

Fault check_instance_name(std::string& text);
Fault check_endpoint(std::string& text);
Fault check_loopback_endpoint(std::string& text);
Fault check_network(std::string& text);
Fault check_absolute_path(std::string& text);
Fault check_socket_path(std::string& text);
/// Octal permission bits, "0660".
Fault check_mode(std::string& text);
/// A group of this machine.
Fault check_group(std::string& text);
/// A user of this machine.
Fault check_user(std::string& text);
/// "sqlite:/absolute/path". The message never holds the text, which may hold a password.
Fault check_storage_url(std::string& text);

// URLs, in config_urls.cpp.

/// A path that URLs can begin with, without a slash at the end.
Fault check_url_prefix(std::string& text);
Fault check_url_path(std::string& text);
Fault check_web_url(std::string& text);
/// https://, or http:// to this machine alone; no path.
Fault check_server_url(std::string& text);
/// Scheme, host and port as browsers write them.
Fault check_origin(std::string& text);
/// http://, https:// or unix:/absolute/path.
Fault check_hook_target(std::string& text);

/// The text with the password of a URL replaced by "***".
std::string mask_password(std::string_view text);

}  // namespace nopassd::daemon
