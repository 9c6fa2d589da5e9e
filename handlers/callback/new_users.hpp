#pragma once
// The users that callback 9 brings, however they are wrapped.
#include "handlers/callback/json_object.hpp"
#include "handlers/callback/profile.hpp"

#include <string>
#include <vector>

namespace nopassd::handlers::callback {

inline constexpr std::size_t most_users_at_once = 10000;

struct NewUser {
  Login login;
  storage::Profile profile;
  bool uses_email_as_login = false;
};

struct NewUsers {
  std::string portal_id;
  std::vector<NewUser> users;
};

/// Reads `{"model":{"users":[{"user":{…}}]}}` with or without either wrapper; portalId stands inside `model` or beside
/// it. Every faulty element is reported by its index. `faults` has those of the body already.
NewUsers read_new_users(const boost::json::object& body, const storage::Portal& portal, Faults& faults);

/// One text for one meaning, for finding a repeated question.
std::string canonical(const NewUsers& users);

}  // namespace nopassd::handlers::callback
