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

/// Whether `url` lies under one of the targets: the same scheme, host and port, or a socket that is the target's or
/// lies in that folder; and a path that is the target's or goes on behind a slash.
bool is_admitted(const HookUrl& url, const std::vector<std::string>& targets);

}  // namespace nopassd::handlers::site
