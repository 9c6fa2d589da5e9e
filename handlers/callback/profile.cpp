#include "handlers/callback/profile.hpp"

#include "storage/names.hpp"

#include <algorithm>

namespace nopassd::handlers::callback {

using storage::Profile;

storage::Profile read_profile(Members& members) {
  Profile profile;
  for (const ProfileField& field : profile_fields) {
    if (field.value == &Profile::locale) continue;
    profile.*field.value = members.text(field.name, text_limit).value_or("");
  }
  return profile;
}

void overlay(Profile& profile, const Profile& newer) {
  for (const ProfileField& field : profile_fields) {
    if (!(newer.*field.value).empty()) profile.*field.value = newer.*field.value;
  }
}

std::map<std::string, std::string> members_of(const Profile& profile) {
  std::map<std::string, std::string> members;
  for (const ProfileField& field : profile_fields) {
    if (!(profile.*field.value).empty()) members[std::string(field.name)] = profile.*field.value;
  }
  return members;
}

bool same_value(const ProfileField& field, std::string_view left, std::string_view right) {
  if (field.value == &Profile::email) return storage::email_key(left) == storage::email_key(right);
  return left == right;
}

bool same_profile(const Profile& left, const Profile& right) {
  return std::all_of(profile_fields.begin(), profile_fields.end(), [&](const ProfileField& field) {
    return same_value(field, left.*field.value, right.*field.value);
  });
}

}  // namespace nopassd::handlers::callback
