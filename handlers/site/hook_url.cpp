#include "handlers/site/hook_url.hpp"

#include "handlers/callback/ascii.hpp"
#include "handlers/site/query.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace nopassd::handlers::site {

namespace urls = boost::urls;

namespace {

using Scheme = HookUrl::Scheme;
constexpr std::size_t longest_socket_path = 107;
constexpr std::string_view unix_prefix = "unix:";

/// Servers take ".." for what it says whether or not something stands behind a semicolon.
bool is_dots(std::string_view segment) {
  const std::string_view name = segment.substr(0, segment.find(';'));
  return name == "." || name == "..";
}

/// Decoded; nothing when a segment means the one before it, or holds a separator of its own.
std::optional<std::string> plain_path(std::string_view encoded) {
  std::string path;
  while (encoded.starts_with('/')) {
    encoded.remove_prefix(1);
    const std::string_view segment = encoded.substr(0, encoded.find('/'));
    encoded.remove_prefix(segment.size());
    const auto decoded = percent_decode(segment, false);
    if (!decoded || is_dots(*decoded) || decoded->find_first_of("/\\") != std::string::npos) return std::nullopt;
    path += '/' + *decoded;
  }
  if (!encoded.empty()) return std::nullopt;
  return path;
}

bool is_socket_path(std::string_view path) {
  const auto is_control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; };
  if (!path.starts_with('/') || path.size() > longest_socket_path || std::ranges::any_of(path, is_control))
    return false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment.empty() || segment == "." || segment == "..") return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

std::optional<std::string> plain_host(const urls::url_view& url) {
  if (url.host_type() == urls::host_type::ipv6) {
    const auto text = url.host_ipv6_address().to_string();
    return std::string(text.data(), text.size());
  }
  if (url.host_type() != urls::host_type::ipv4 && url.host_type() != urls::host_type::name) return std::nullopt;
  const auto encoded = url.encoded_host();
  std::string host;
  for (const char byte : std::string_view(encoded.data(), encoded.size())) host += callback::ascii_lower(byte);
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  if (host.empty() || host.find_first_not_of(allowed) != std::string::npos) return std::nullopt;
  return host;
}

/// 0 when it is none.
std::uint16_t port_of(const urls::url_view& url, std::uint16_t usual) {
  if (!url.has_port()) return usual;
  const auto text = url.port();
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

bool take_target(const urls::url_view& url, HookUrl& result) {
  const auto path = url.encoded_path();
  result.target = path.empty() ? "/" : std::string(path.data(), path.size());
  auto plain = plain_path(result.target);
  if (!plain) return false;
  result.path = std::move(*plain);
  if (url.has_query()) {
    const auto query = url.encoded_query();
    result.query.assign(query.data(), query.size());
    result.target += '?' + result.query;
  }
  return true;
}

std::optional<HookUrl> parse_unix(std::string_view text) {
  HookUrl result;
  result.scheme = Scheme::unix_socket;
  const std::size_t colon = text.find(':');
  result.socket = text.substr(0, colon);
  const std::string_view rest = colon == text.npos ? "/" : text.substr(colon + 1);
  const auto url = urls::parse_origin_form(urls::string_view(rest.data(), rest.size()));
  if (!url || !is_socket_path(result.socket) || !take_target(*url, result)) return std::nullopt;
  return result;
}

std::optional<HookUrl> parse_http(std::string_view text) {
  const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!parsed) return std::nullopt;
  const urls::url_view url = *parsed;
  HookUrl result;
  if (url.scheme_id() == urls::scheme::https) result.scheme = Scheme::https;
  const bool http = result.scheme == Scheme::https || url.scheme_id() == urls::scheme::http;
  if (!http || !url.has_authority() || url.has_userinfo() || url.has_fragment()) return std::nullopt;
  result.port = port_of(url, result.scheme == Scheme::https ? 443 : 80);
  auto host = plain_host(url);
  if (!host || result.port == 0 || !take_target(url, result)) return std::nullopt;
  result.host = std::move(*host);
  return result;
}

/// `path` is `base`, or lies in that folder.
bool is_in(std::string_view path, std::string_view base) {
  return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

bool is_under(const HookUrl& url, const HookTarget& given) {
  const HookUrl& target = given.url;
  if (url.scheme != target.scheme || url.host != target.host) return false;
  if (!given.any_port && url.port != target.port) return false;
  const bool whole_socket = target.path == "/" && target.query.empty();
  if (whole_socket ? !is_in(url.socket, target.socket) : url.socket != target.socket) return false;
  if (target.query.empty()) return url.path.starts_with(target.path);
  const bool query = url.query == target.query || url.query.starts_with(target.query + '&');
  return url.path == target.path && query;
}

}  // namespace

std::optional<HookUrl> parse_hook_url(std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
  return parse_http(text);
}

std::optional<HookTarget> parse_hook_target(std::string_view text) {
  const bool is_folder = text.starts_with(unix_prefix) && text.find(':', unix_prefix.size()) == text.npos;
  if (is_folder && text.ends_with('/')) text.remove_suffix(1);
  const bool is_host = !text.starts_with(unix_prefix) && text.ends_with(':');
  if (is_host) text.remove_suffix(1);
  auto url = parse_hook_url(text);
  if (!url) return std::nullopt;
  const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
  const bool only_host = parsed && url->scheme != Scheme::unix_socket && parsed->port().empty() &&
                         parsed->encoded_path().empty() && !parsed->has_query();
  return HookTarget{std::move(*url), only_host};
}

bool is_admitted(const HookUrl& url, const std::vector<std::string>& targets) {
  return std::ranges::any_of(targets, [&url](const std::string& text) {
    const auto target = parse_hook_target(text);
    return target && is_under(url, *target);
  });
}

}  // namespace nopassd::handlers::site
