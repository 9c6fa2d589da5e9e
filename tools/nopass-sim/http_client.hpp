#pragma once
// A plain HTTP/1.1 client: one connection a request, over TCP, TLS or a Unix socket. Blocking; usable from any thread.
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nopassd::sim {

/// Where requests go.
struct Target {
  enum class Kind { http, https, unix_socket };
  Kind kind = Kind::http;
  std::string host;
  std::string port;
  std::string path;     // prefix of every request target, or the socket's path
  std::string ca_file;  // trusted beside the system's authorities; empty: those alone
};

struct HttpCall {
  std::string method;
  std::string target;
  std::optional<std::string> content_type;  // sent as it is, right or wrong
  std::string body;
};

struct HttpReply {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty when absent; names compare without regard to case.
  std::string_view header(std::string_view name) const;
};

/// How a reply gets lost: the connection breaks in the middle of the request, right after it, or when the reply comes.
enum class Loss { in_request, after_request, before_reply };

/// Nothing answers, the answer is no HTTP, the certificate is not trusted, or 90 s have passed. Its text tells which.
class ConnectionFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws std::invalid_argument for what is no http:// or https:// URL.
Target parse_portal_url(std::string_view url, const std::string& ca_file);
Target unix_socket(const std::string& path);

HttpReply exchange(const Target& target, const HttpCall& call);

/// Sends the call and lets its reply get lost; whether it was carried out stays unknown.
void exchange_and_lose(const Target& target, const HttpCall& call, Loss loss);

}  // namespace nopassd::sim
