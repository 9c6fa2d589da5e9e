#pragma once
// The eleven callbacks as the vendor's "NoPass API Integration" prints them: names, content types, casing, wrappers,
// and booleans in quotes where it shows them so.
#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::sim {

enum class Callback : std::size_t {
  confirm_pre_registration,
  confirm_registration,
  update_picture,
  validate_user_registration,
  confirm_user_registration,
  authorized_user,
  update_user,
  delete_user,
  add_users,
  close_session,
  disable_service
};

struct CallbackKind {
  std::string_view name;
  std::string_view content_type;  // of the request, to the letter, slips of the pen included
  bool plain_reply;               // documented reply is Text/Plain
};

inline constexpr std::array<CallbackKind, 11> callback_kinds = {
    {{"ConfirmPreRegistration", "/application/json-patch+json", true},
     {"ConfirmRegistration", "/application/json-patch+json", true},
     {"UpdatePicture", "/application/json-patch+json", false},
     {"ValidateUserRegistration", "/application/json-patch+json", false},
     {"ConfirmUserRegistration", "/application/json", false},
     {"AuthorizedUser", "/application/json-patch+json", false},
     {"UpdateUser", "/application/json-patch+json", false},
     {"DeleteUser", "/application/json-patch+json", false},
     {"AddUsers", "/application/json-patch+json", false},
     {"CloseSession", "application/json-patch+json", true},
     {"DisableService", "application/json-patch+json", false}}};

inline const CallbackKind& kind_of(Callback callback) { return callback_kinds.at(static_cast<std::size_t>(callback)); }
std::optional<Callback> callback_named(std::string_view name);
/// Below the portal's URL.
std::string path_of(Callback callback);

struct Person {
  std::string given_name, sur_name, phone_number, email, login;
};

/// A random name of 128 bits in the shape of a UUID; never the same twice, whatever the seed of the chaos.
std::string fresh_id();
/// Somebody invented; `stem` is in login and e-mail, which are new every time.
Person invent_person(std::string_view stem);

namespace body {

/// The four members that name a person.
boost::json::object user_of(const Person& person);
boost::json::object confirm_pre_registration(std::string_view admin_id, std::int64_t r);
boost::json::object confirm_registration(std::string_view portal_id, std::string_view auth_token);
/// `png` is the file itself; `next_change` in milliseconds.
boost::json::object update_picture(std::string_view auth_id, std::string_view png, std::int64_t next_change,
                                   std::string_view login);
boost::json::object validate_user_registration(std::string_view otp, const Person& person);
boost::json::object confirm_user_registration(std::string_view otp, std::string_view portal_id,
                                              std::string_view auth_id, std::string_view login);
boost::json::object authorized_user(std::string_view auth_id, bool authorized, std::string_view reason);
/// Another given name, and a telephone number that NoPass may not keep.
boost::json::object update_user(std::string_view login, std::string_view portal_id, std::string_view given_name);
boost::json::object delete_user(std::string_view login, std::string_view portal_id);
/// The first with a login of his own, the second with his e-mail as login.
boost::json::object add_users(const Person& first, const Person& second, std::string_view portal_id);
boost::json::object close_session(std::string_view login, std::string_view portal_id, std::string_view auth_id);
boost::json::object disable_service(std::string_view portal_id);
/// Something plausible for one call by hand: invented values throughout.
boost::json::object invented(Callback callback);

}  // namespace body
}  // namespace nopassd::sim
