#pragma once
// The URLs of hooks: taken apart, and compared with hooks.targets. docs/site-api.md, "Hooks".
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

struct HookUrl {
  enum class Scheme { http, https, unix_socket };
  Scheme scheme = Scheme::http;
  std::string host;  // lower-case; an IPv6 address in its canonical form, without brackets
  std::uint16_t port = 0;
  std::string socket;  // of unix_socket: an absolute path without dots, at most 107 bytes
  std::string path;    // decoded, for comparing; begins with '/'
  std::string query;   // as written, without the '?'
  std::string target;  // path and query as written, for the request line
};

/// An http, https or "unix:/path/to.sock:/url/path" URL. Nothing for what is none, or could be read in two ways: with a
/// user name, a fragment, dot segments or encoded slashes.
std::optional<HookUrl> parse_hook_url(std::string_view text);

struct HookTarget {
  HookUrl url;
  bool any_port = false;  // nothing but a host was given: any port of it
};

/// One of hooks.targets: such a URL, or "unix:/folder/".
std::optional<HookTarget> parse_hook_target(std::string_view text);

/// Whether `url` begins with one of the targets, read as URLs: the same scheme and the whole host; the port, unless the
/// target is nothing but a host; a socket that is the target's or lies in that folder; a path that begins with the
/// target's. docs/decisions/009-hook-targets.md.
bool is_admitted(const HookUrl& url, const std::vector<std::string>& targets);

}  // namespace nopassd::handlers::site
