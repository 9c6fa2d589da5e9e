#pragma once
// Clients of the site API that prove themselves with a secret instead of their Unix user, and the tokens they hold.
// Contract: docs/site-api.md, "Who you are".
#include "storage/secret.hpp"
#include "storage/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nopassd::storage {

struct ApiClient {
  std::string id;
  std::string name;
  Digest secret{};                  // keyed; the secret itself is told once and not kept
  std::vector<std::string> scopes;  // names, e.g. "events:read"
  TimePoint created_at;
  std::optional<TimePoint> last_used_at;  // of a token; exact to a minute
  bool operator==(const ApiClient&) const = default;
};

/// What a bearer token stands for. What it may do is looked up in its client at each use.
struct AccessToken {
  Digest token{};  // keyed
  std::string client_id;
  std::vector<std::string> scopes;  // asked for; empty: all that the client has
  TimePoint expires_at;
  bool operator==(const AccessToken&) const = default;
};

}  // namespace nopassd::storage
