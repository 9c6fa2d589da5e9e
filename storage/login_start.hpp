#pragma once
// A login that was begun, for the limits against push bombing. docs/site-api.md, "Limits of starts".
#include "storage/secret.hpp"
#include "storage/time.hpp"

#include <cstdint>
#include <string>

namespace nopassd::storage {

/// Written before NoPass is asked, so that those who start at once count each other.
struct LoginStart {
  std::string id;  // of the session that comes of it
  std::string user_id;
  Digest client{};  // keyed digest of the clientIp, of the empty text without one
  TimePoint at;
  bool operator==(const LoginStart&) const = default;
};

/// Starts of one user at or after a time.
struct LoginStarts {
  std::int64_t of_user = 0;
  std::int64_t of_client = 0;  // of these, from that client
  std::int64_t pending = 0;    // of those from that client, whatever their age: still under way, or a pending session
  bool operator==(const LoginStarts&) const = default;
};

}  // namespace nopassd::storage
