#pragma once
// The NoPass server's side of `nopass-sim serve`: one portal, its users, logins that wait on the phone, registrations.
#include "tools/nopass-sim/answer.hpp"
#include "tools/nopass-sim/callbacks.hpp"
#include "tools/nopass-sim/http_client.hpp"
#include "tools/nopass-sim/png.hpp"
#include "tools/nopass-sim/replies.hpp"
#include "tools/nopass-sim/site.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace nopassd::sim {

struct NopassOptions {
  std::optional<Target> portal;  // whose callbacks are called; nothing: none was named
  std::chrono::milliseconds picture_period{30'000};
  std::chrono::milliseconds login_lifetime{300'000};
  std::string base_url;  // of the registration links
};

/// A drawing with another code.
Drawing another(const Drawing& before);

/// Thread-safe. Callbacks are sent on the caller's thread, without the lock.
class Nopass {
 public:
  explicit Nopass(NopassOptions options) : options_(std::move(options)) {}

  void add_known_user(const std::string& login);

  // What the portal calls; `bearer` is the token that it shows.
  Answer request_authorization(std::string_view bearer, const boost::json::object& body);
  Answer pre_register_user(std::string_view bearer, const boost::json::object& body);
  Answer delete_user(std::string_view bearer, const boost::json::object& body);

  // What the console and the phone do. 404: no such thing; 409: not in this state; 502: the portal refused.
  Answer register_portal(std::string_view admin_id, std::string_view s_code);
  Answer add_user(const Person& person);
  Answer remove_user(const std::string& login);
  Answer decide(const std::string& login_id, bool approve, const std::string& reason);
  Answer change_picture(const std::string& login_id);
  Answer close(const std::string& login_id);
  Answer disable();
  Answer confirm_registration(const std::string& id);
  Answer refuse_registration(const std::string& id);
  /// For the page of a registration link.
  Answer registration_of(const std::string& token) const;

  /// Everything that the page shows; no secret.
  boost::json::object state() const;
  void note(std::string_view direction, std::string_view name, unsigned status, std::string_view note);
  /// New pictures for the logins whose time it is, and the end of those that waited too long.
  void tick();

 private:
  using Clock = std::chrono::steady_clock;
  struct Login {
    std::string login, auth_id, state = "pending", reason;
    Drawing drawing;
    Clock::time_point next_change, expires;
  };
  struct Registration {
    std::string token, login, otp, redirect_url, state = "started";
    Person person;
  };
  struct Called {
    bool done = false;
    bool over = false;  // the portal knows the session no more, or as ended
    std::string trouble;
    boost::json::value result;
  };

  std::optional<Answer> refuse_caller(std::string_view bearer, const boost::json::object& body) const;
  Called call(Callback callback, const boost::json::object& body);
  Answer carry_out(Callback callback, const boost::json::object& body);
  Called send_picture(const std::string& id);
  void set_state(const std::string& login_id, std::string_view state, std::string_view reason = {});

  const NopassOptions options_;
  mutable std::mutex mutex_;
  std::string portal_state_ = "unregistered";
  std::string portal_id_, auth_token_;
  std::set<std::string> users_;  // logins
  std::map<std::string, Login> logins_;
  std::map<std::string, Registration> registrations_;
  std::deque<boost::json::object> log_;
  unsigned made_ = 0;
};

}  // namespace nopassd::sim
