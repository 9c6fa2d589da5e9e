#pragma once
// An enrolment under way or done; see records.hpp.
#include "storage/user.hpp"

namespace nopassd::storage {

struct Registration {
  std::string id;
  Digest otp{};  // keyed digest
  RegistrationState state = RegistrationState::started;
  Party started_by = Party::site;
  std::string user_id;      // of the user it is linked to, or made
  std::string external_id;  // the site's own key for the user, if it gave one
  std::string login;
  std::string login_key;
  std::string asked_login_key;  // what callback 4 asked about
  std::string refusal;          // the error code that callback 4 answered `false` with
  Profile profile;
  std::optional<Digest> binding;
  std::optional<Digest> ticket;
  TimePoint started_at;
  TimePoint expires_at;
  std::optional<TimePoint> ended_at;
  std::optional<TimePoint> redeemed_at;
  bool operator==(const Registration&) const = default;
};

}  // namespace nopassd::storage
