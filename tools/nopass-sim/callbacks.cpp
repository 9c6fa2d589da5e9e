#include "tools/nopass-sim/callbacks.hpp"

#include "tools/nopass-sim/png.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <vector>

namespace nopassd::sim {
namespace {

std::string base64(std::string_view data) {
  std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');
  // OpenSSL speaks in unsigned bytes.
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(data.data()), static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

boost::json::object body::user_of(const Person& person) {
  return {{"givenName", person.given_name},
          {"surName", person.sur_name},
          {"phoneNumber", person.phone_number},
          {"email", person.email}};
}

std::optional<Callback> callback_named(std::string_view name) {
  for (std::size_t i = 0; i < callback_kinds.size(); ++i) {
    if (callback_kinds.at(i).name == name || std::to_string(i + 1) == name) return static_cast<Callback>(i);
  }
  return std::nullopt;
}

std::string path_of(Callback callback) { return "/api/PortalCommunication/" + std::string(kind_of(callback).name); }

std::string fresh_id() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random bytes");
  std::string id;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id.push_back('-');
    id += fmt::format("{:02x}", bytes.at(i));
  }
  return id;
}

Person invent_person(std::string_view stem) {
  const std::string mark = fresh_id().substr(0, 8);
  return {"Erin", "Example", "+15550100", fmt::format("{}.{}@example.org", stem, mark),
          fmt::format("{}-{}", stem, mark)};
}

namespace body {

using boost::json::array;
using boost::json::object;

object confirm_pre_registration(std::string_view admin_id, std::int64_t r) { return {{"adminId", admin_id}, {"r", r}}; }

object confirm_registration(std::string_view portal_id, std::string_view auth_token) {
  return {{"settings", R"({"pictureLifetime":30})"}, {"portalId", portal_id}, {"authToken", auth_token}};
}

object update_picture(std::string_view auth_id, std::string_view png, std::int64_t next_change,
                      std::string_view login) {
  return {{"authId", auth_id}, {"image", base64(png)}, {"nextChange", next_change}, {"UserId", login}};
}

object validate_user_registration(std::string_view otp, const Person& person) {
  object members = user_of(person);
  members["otp"] = otp;
  members["login"] = person.login;
  members["profileImageUrl"] = "https://img.example.org/erin.png";
  return members;
}

object confirm_user_registration(std::string_view otp, std::string_view portal_id, std::string_view auth_id,
                                 std::string_view login) {
  return {{"otp", otp}, {"portalId", portal_id}, {"session", object{{"authId", auth_id}, {"login", login}}}};
}

object authorized_user(std::string_view auth_id, bool authorized, std::string_view reason) {
  return {{"authId", auth_id}, {"isAuthorized", authorized ? "true" : "false"}, {"reason", reason}};
}

object update_user(std::string_view login, std::string_view portal_id, std::string_view given_name) {
  object updates;
  updates["givenName"] = object{{"newValue", given_name}, {"forbiddenStore", nullptr}};
  updates["phoneNumber"] = object{{"newValue", nullptr}, {"forbiddenStore", "true"}};
  return {{"userId", login}, {"portalId", portal_id}, {"updates", std::move(updates)}};
}

object delete_user(std::string_view login, std::string_view portal_id) {
  return {{"userId", login}, {"portalId", portal_id}};
}

object add_users(const Person& first, const Person& second, std::string_view portal_id) {
  object one = user_of(first);
  one["login"] = first.login;
  one["isUseEmailAsLogin"] = "false";
  object two = user_of(second);
  two["isUseEmailAsLogin"] = "true";
  array users{object{{"user", std::move(one)}}, object{{"user", std::move(two)}}};
  return {{"model", object{{"users", std::move(users)}, {"portalId", portal_id}}}};
}

object close_session(std::string_view login, std::string_view portal_id, std::string_view auth_id) {
  return {{"userId", login}, {"portalId", portal_id}, {"authId", auth_id}};
}

object disable_service(std::string_view portal_id) { return {{"portalId", portal_id}}; }

object invented(Callback callback) {
  const Person person = invent_person("erin");
  const std::string portal = fresh_id();
  const std::string key = fresh_id();
  switch (callback) {
    case Callback::confirm_pre_registration:
      return confirm_pre_registration("JimTheAdmin", 36729001);
    case Callback::confirm_registration:
      return confirm_registration(portal, key);
    case Callback::update_picture:
      return update_picture(key, make_png({2, 2, 42}), 30000, person.login);
    case Callback::validate_user_registration:
      return validate_user_registration(key, person);
    case Callback::confirm_user_registration:
      return confirm_user_registration(key, portal, fresh_id(), person.login);
    case Callback::authorized_user:
      return authorized_user(key, true, "");
    case Callback::update_user:
      return update_user(person.login, portal, "Robin");
    case Callback::delete_user:
      return delete_user(person.login, portal);
    case Callback::add_users:
      return add_users(person, invent_person("robin"), portal);
    case Callback::close_session:
      return close_session(person.login, portal, key);
    case Callback::disable_service:
      break;
  }
  return disable_service(portal);
}

}  // namespace body
}  // namespace nopassd::sim
