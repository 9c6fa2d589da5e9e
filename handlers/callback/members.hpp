#pragma once
// Picks members out of a body by hand and reports every fault with the member's name, never with its value.
#include "handlers/callback/outcome.hpp"
#include "storage/records.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::callback {

/// Code points.
inline constexpr std::size_t key_limit = 256;
inline constexpr std::size_t text_limit = 2084;

/// A login as it was spelt, and the key under which it is compared. Both empty: none, or a faulty one.
struct Login {
  std::string text;
  std::string key;
};

/// Both ends are allowed.
struct Range {
  std::int64_t least;
  std::int64_t most;
};

/// A view of one object; object and faults outlive it. Names match without regard to ASCII case, null counts as absent.
/// What is faulty is reported (102 missing, 103 anything else, 104 portalId) and read as absent.
class Members {
 public:
  /// `path` goes before every name in messages: "session." or "users[3].".
  Members(const boost::json::object& object, Faults& faults, std::string path = {});

  /// Nothing when absent.
  const boost::json::value* find(std::string_view name) const;

  std::optional<std::string> text(std::string_view name, std::size_t limit);
  std::string required_text(std::string_view name, std::size_t limit);
  /// A number without a fraction, or a string of digits; beyond 64 bits it counts as the largest.
  std::int64_t required_integer(std::string_view name, Range range);
  std::optional<bool> boolean(std::string_view name);
  bool required_boolean(std::string_view name);
  Login required_login(std::string_view name);
  /// An empty one counts as absent.
  Login login(std::string_view name);
  /// Nothing when absent or not an object.
  const boost::json::object* object(std::string_view name);
  const boost::json::object* required_object(std::string_view name);
  /// The portalId, compared with the portal's in constant time.
  std::string required_portal_id(const storage::Portal& portal);
  std::string portal_id(const storage::Portal& portal);

  void fault(std::string_view code, std::string_view name, std::string_view what);

 private:
  /// Reports a missing member.
  bool has(std::string_view name);
  std::optional<Login> checked_login(std::string_view name, bool may_be_empty);

  const boost::json::object& object_;
  Faults& faults_;
  std::string path_;
};

}  // namespace nopassd::handlers::callback
