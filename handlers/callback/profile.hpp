#pragma once
// The personal data that callbacks 4, 5, 7 and 9 carry, by its member names.
#include "handlers/callback/members.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace nopassd::handlers::callback {

struct ProfileField {
  std::string_view name;
  std::string storage::Profile::*value;
};

inline constexpr std::array<ProfileField, 6> profile_fields = {
    {{"givenName", &storage::Profile::given_name},
     {"surName", &storage::Profile::sur_name},
     {"phoneNumber", &storage::Profile::phone_number},
     {"email", &storage::Profile::email},
     {"profileImageUrl", &storage::Profile::profile_image_url},
     {"locale", &storage::Profile::locale}}};

/// Those that callback 4 has: all but the locale. Each is optional, at most 2084 code points.
storage::Profile read_profile(Members& members);

/// What `newer` knows replaces what `profile` has.
void overlay(storage::Profile& profile, const storage::Profile& newer);

/// The members that are known, for a question to the site.
std::map<std::string, std::string> members_of(const storage::Profile& profile);

/// Whether a member has the same value: an e-mail address is compared case-folded.
bool same_value(const ProfileField& field, std::string_view left, std::string_view right);
bool same_profile(const storage::Profile& left, const storage::Profile& right);

}  // namespace nopassd::handlers::callback
