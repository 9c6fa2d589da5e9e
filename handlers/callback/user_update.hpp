#pragma once
// What callback 7 wants changed, and what it comes to for a user as he is.
#include "handlers/callback/profile.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::callback {

/// One member of `updates`; an absent part means unchanged.
struct FieldUpdate {
  std::string_view name;
  std::string storage::Profile::*profile = nullptr;  // null: the login
  std::optional<std::string> value;
  std::optional<bool> forbidden_store;
};

struct UserUpdate {
  std::vector<FieldUpdate> fields;  // in the contract's order
  Login login;                      // the new one; empty: unchanged
};

/// What an update comes to: the user as he will be, and what differs from before.
struct Change {
  storage::User user;
  std::vector<std::string_view> values;  // names of the fields with a new value
  std::map<std::string, bool> forbidden_store;
  bool login = false;

  bool nothing() const { return values.empty() && forbidden_store.empty(); }
};

/// Reads the object `updates`; unknown fields are ignored.
UserUpdate read_updates(const boost::json::object& updates, Faults& faults);

Change change_of(const storage::User& user, const UserUpdate& update);

/// One text for one meaning: the same for the same fields and values, whatever the order and spelling of names.
std::string canonical(const UserUpdate& update);

}  // namespace nopassd::handlers::callback
