#pragma once
// The personal data that users and registrations both have.
#include "storage/records.hpp"
#include "storage/sqlite/query.hpp"

namespace nopassd::storage {

inline constexpr std::string_view profile_columns =
    "given_name, sur_name, phone_number, email, profile_image_url, locale";

inline Profile read_profile(Query& query) {
  Profile profile;
  profile.given_name = query.text();
  profile.sur_name = query.text();
  profile.phone_number = query.text();
  profile.email = query.text();
  profile.profile_image_url = query.text();
  profile.locale = query.text();
  return profile;
}

inline Query& add_profile(Query& query, const Profile& profile) {
  query.add(profile.given_name).add(profile.sur_name).add(profile.phone_number).add(profile.email);
  return query.add(profile.profile_image_url).add(profile.locale);
}

}  // namespace nopassd::storage
