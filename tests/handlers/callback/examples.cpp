// One good request for each of the eleven, and the store that it needs.
#include "tests/handlers/callback/callback_fixture.hpp"

namespace nopassd::handlers::callback {

void CallbackTest::prepare(std::size_t index) {
  switch (index) {
    case 0:
      open_window();
      break;
    case 1:
      open_window();
      send({"ConfirmPreRegistration", good_body(0)});
      break;
    default:
      register_portal();
      break;
  }
  if (index == 2 || index == 5 || index == 9) start_session("auth-1", "jim");
  if (index == 3 || index == 4) start_registration("otp-1", "jim");
  if (index == 6 || index == 7) add_user("jim");
  take_events();
  store.take_notices();
}

std::string CallbackTest::good_body(std::size_t index) {
  json::object body;
  const auto put = [&body](std::string_view name, std::string_view value) { body[name] = value; };
  if (index == 1 || index == 4 || index >= 6) put("portalId", portal_id);
  if (index == 2 || index == 5 || index == 9) put("authId", "auth-1");
  if (index == 3 || index == 4) put("otp", "otp-1");
  if (index == 6 || index == 7) put("userId", "jim");
  switch (index) {
    case 0:
      put("adminId", admin_id);
      body["r"] = 36729001;
      break;
    case 1:
      put("authToken", auth_token);
      break;
    case 2:
      put("image", picture());
      body["nextChange"] = 30000;
      break;
    case 3:
      put("login", "jim");
      break;
    case 5:
      body["isAuthorized"] = true;
      break;
    case 6:
      body["updates"] = {{"givenName", {{"newValue", "James"}}}};
      break;
    case 8:
      body["users"] = json::array{json::object{{"login", "ann"}, {"givenName", "Ann"}}};
      break;
    default:
      break;
  }
  return json::serialize(body);
}

}  // namespace nopassd::handlers::callback
