#include "daemon/config_text.hpp"
#include "handlers/site/hook_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::daemon {
namespace {

namespace urls = boost::urls;

constexpr std::size_t longest_prefix = 256;

/// What RFC 3986 allows in a path without percent-encoding.
bool is_path_character(char c) {
  constexpr std::string_view others = "/-._~!$&'()*+,;=:@";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

bool has_dot_segment(std::string_view path) {
  return fmt::format("{}/", path).find("/./") != std::string::npos ||
         fmt::format("{}/", path).find("/../") != std::string::npos;
}

bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.find("//") == std::string_view::npos && path.size() <= longest_prefix &&
         std::ranges::all_of(path, is_path_character) && !has_dot_segment(path);
}

/// An http or https URL with a host and without user name, password and fragment.
std::optional<urls::url_view> parse_http(std::string_view text) {
  const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!parsed) return std::nullopt;
  const urls::url_view url = *parsed;
  const bool http = url.scheme_id() == urls::scheme::http || url.scheme_id() == urls::scheme::https;
  const bool port = !url.has_port() || url.port_number() != 0;
  if (!http || url.encoded_host().empty() || !port || url.has_userinfo() || url.has_fragment()) return std::nullopt;
  return url;
}

bool is_this_machine(const urls::url_view& url) {
  switch (url.host_type()) {
    case urls::host_type::ipv4:
      return url.host_ipv4_address().is_loopback();
    case urls::host_type::ipv6:
      return url.host_ipv6_address().is_loopback();
    default:
      return url.host() == "localhost";
  }
}

Fault not_http(std::string_view hint) {
  return {"is not a usable URL", fmt::format("{}; without user name, password and fragment", hint)};
}

}  // namespace

Fault check_url_prefix(std::string& text) {
  if (is_plain_path(text) && !text.ends_with('/')) return {};
  return {fmt::format("\"{}\" is not the beginning of a URL path", text),
          "it begins with / and does not end in it; no spaces, %, ?, #, //, /./ or /../; at most 256 characters"};
}

Fault check_url_path(std::string& text) {
  if (is_plain_path(text)) return {};
  return {fmt::format("\"{}\" is not a URL path", text),
          "it begins with /; no spaces, %, ?, #, //, /./ or /../; at most 256 characters"};
}

Fault check_web_url(std::string& text) {
  if (parse_http(text)) return {};
  return not_http("http:// or https:// and a host, such as \"https://www.example.com\"");
}

Fault check_server_url(std::string& text) {
  const auto url = parse_http(text);
  const bool bare = url && !url->has_query() && (url->encoded_path().empty() || url->encoded_path() == "/");
  if (!bare) return not_http("https:// and a host, such as \"https://console.nopass.us\", without a path");
  if (url->scheme_id() == urls::scheme::https || is_this_machine(*url)) return {};
  return {"plain http:// would show the portal's credentials to the network", "https://, or http:// to this machine"};
}

Fault check_origin(std::string& text) {
  const auto url = parse_http(text);
  const bool bare = url && !url->has_query() && url->encoded_path().empty();
  const bool lower = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool https = url && url->scheme_id() == urls::scheme::https;
  const bool usual_port = url && url->has_port() && (url->port() == "" || url->port_number() == (https ? 443 : 80));
  if (bare && lower && !usual_port) return {};
  return {fmt::format("\"{}\" is not an origin", bare ? text : std::string("…")),
          "scheme, host and any unusual port in small letters, such as \"https://www.example.com\", nothing behind it"};
}

Fault check_hook_target(std::string& text) {
  if (handlers::site::parse_hook_target(text)) return {};
  return not_http("a URL that begins with http://, https:// or unix:/, without dot segments");
}

std::string mask_password(std::string_view text) {
  const auto authority = text.find("://");
  if (authority == std::string_view::npos) return std::string(text);
  const auto begin = authority + 3;
  // Up to the last @ before the path: a password may hold one unencoded.
  const auto end = std::min(text.find_first_of("/?#", begin), text.size());
  const auto at = text.substr(0, end).rfind('@');
  const auto colon = text.substr(0, end).find(':', begin);
  std::string result(text);
  if (at != std::string_view::npos && colon < at) result.replace(colon + 1, at - colon - 1, "***");
  constexpr std::string_view parameter = "password=";
  const auto password = result.find(parameter);
  if (password != std::string::npos) {
    const auto value = password + parameter.size();
    result.replace(value, std::min(result.find('&', value), result.size()) - value, "***");
  }
  return result;
}

}  // namespace nopassd::daemon
