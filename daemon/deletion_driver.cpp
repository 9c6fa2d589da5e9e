#include "daemon/deletion_driver.hpp"

#include "handlers/site/nopass_deletion.hpp"

namespace nopassd::daemon {

boost::asio::awaitable<void> DeletionDriver::run() {
  handlers::Interest interest;
  interest.types = {"user.deleted"};
  interest.lingers = false;
  const auto deletions = services_.notifications.subscribe(std::move(interest));
  const auto complain = [this](std::string_view why) {
    log_.write_limited(LogLevel::warning, "a deleted user is still known to NoPass; it is asked again", {{"why", why}});
  };
  while (!deletions->stopping()) {
    const auto in_force = in_force_.get();
    const auto services = with_settings(services_, in_force->config.handlers);
    co_await handlers::site::ask_for_deletions(services, complain);
    co_await deletions->wait(std::chrono::steady_clock::now() + interval);
  }
}

}  // namespace nopassd::daemon
