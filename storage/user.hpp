#pragma once
// Users as they are remembered; see records.hpp.
#include "storage/secret.hpp"
#include "storage/states.hpp"
#include "storage/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace nopassd::storage {

/// The personal data of a user; empty means unknown.
struct Profile {
  std::string given_name;
  std::string sur_name;
  std::string phone_number;
  std::string email;
  std::string profile_image_url;
  std::string locale;
  bool operator==(const Profile&) const = default;
};

struct User {
  std::string id;
  std::string external_id;  // empty: none
  std::string login;        // the spelling that came first; empty once erased
  std::string login_key;
  Profile profile;
  std::map<std::string, bool> forbidden_store;  // by member name of callback 7
  UserState state = UserState::active;
  bool uses_email_as_login = false;
  TimePoint created_at;
  std::optional<TimePoint> deleted_at;
  std::optional<TimePoint> erase_at;
  std::optional<TimePoint> ask_nopass_at;  // of a deleting one: when NoPass is asked (again) to delete him, too
  std::int64_t nopass_asked = 0;           // how often it was
  bool operator==(const User&) const = default;
};

/// A login that a user had before callback 7 changed it, and the digest of the request that did.
struct FormerLogin {
  std::string user_id;
  Digest request{};
  bool operator==(const FormerLogin&) const = default;
};

}  // namespace nopassd::storage
