#pragma once
// What the daemon asks of NoPass: bodies made, replies taken apart. callbacks.md, "What the daemon calls".
#include "handlers/site/problem.hpp"
#include "storage/records.hpp"

#include <string>

namespace nopassd::handlers::site {

/// What RequestAuthorization brought.
struct Authorization {
  std::string auth_id;
  std::string png;  // empty: none that could be shown
  storage::Milliseconds next_change{};
};

/// Whom PreRegisterUser is to know.
struct Newcomer {
  std::string login;
  std::string client_ip;
  std::string redirect_url;
  storage::Profile profile;
};

struct PreRegistration {
  std::string otp;
  std::string register_link;
};

/// Each makes one call for a registered portal. A failure is 502 (504: no answer in time, 503: the daemon is stopping)
/// with what failed and what to do; what NoPass itself said is in `note` alone. Expects Services::nopass.
asio::awaitable<Outcome<Authorization>> request_authorization(const Services& services, const storage::Portal& portal,
                                                              std::string login);
asio::awaitable<Outcome<PreRegistration>> pre_register_user(const Services& services, const storage::Portal& portal,
                                                            const Newcomer& newcomer);
/// Expects Settings::delete_user_path.
asio::awaitable<Outcome<bool>> delete_nopass_user(const Services& services, const storage::Portal& portal,
                                                  std::string login);

}  // namespace nopassd::handlers::site
