// The portal and its registration window: docs/site-api.md, "Portal".
#include "handlers/site/portal_view.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/resources.hpp"

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

constexpr std::size_t admin_id_bytes = 24;  // 32 characters; the vendor allows 64, the contract wants 128 bits

json::object window_summary(const storage::Window& window) {
  return {{"openedAt", storage::format_time(window.opened_at)},
          {"expiresAt", storage::format_time(window.expires_at)},
          {"challenged", window.challenge.has_value()}};
}

json::object window_view(const storage::Window& window, const std::string& web_url) {
  json::object view{{"type", "window"}};
  if (!web_url.empty()) view["webUrl"] = web_url;
  view["adminId"] = window.admin_id;
  view["sCode"] = window.s_code;
  view["expiresAt"] = storage::format_time(window.expires_at);
  return view;
}

}  // namespace

json::object portal_view(const storage::Portal& portal, storage::TimePoint now) {
  json::object view{{"type", "portal"}, {"id", "portal"}, {"state", storage::name_of(portal.state)}};
  if (portal.registered_at) view["registeredAt"] = storage::format_time(*portal.registered_at);
  if (portal.disabled_at) view["disabledAt"] = storage::format_time(*portal.disabled_at);
  if (portal.window && now < portal.window->expires_at) view["window"] = window_summary(*portal.window);
  return view;
}

asio::awaitable<Reply> show_portal(Call& call) {
  const auto portal = call.services.store.portal_view();
  co_return resource(call.request, portal_view(*portal, call.services.store.now()));
}

asio::awaitable<Reply> open_window(Call& call) {
  const Settings& settings = call.services.settings;
  const storage::Random& random = call.services.random;
  storage::Window made;
  made.admin_id = settings.admin_id.empty() ? storage::make_token(random, admin_id_bytes) : settings.admin_id;
  made.s_code = settings.s_code.empty() ? storage::make_s_code(random) : settings.s_code;
  auto work = [made, lasts = settings.registration_window](storage::Transaction& transaction) {
    using Result = Outcome<storage::Window>;
    storage::Portal portal = transaction.portal();
    if (portal.state == storage::PortalState::registered) {
      return Result(
          Refused{409, "the portal is registered; `nopassctl portal reset` comes before another registration"});
    }
    portal.window = made;
    portal.window->opened_at = transaction.now();
    portal.window->expires_at = transaction.now() + lasts;
    transaction.clear_failed_challenges();
    transaction.save_portal(portal);
    return Result(*portal.window);
  };
  auto done = co_await call.transact(std::move(work));
  if (auto refusal = failure(done)) co_return std::move(*refusal);
  co_return created(window_view(**done, settings.web_url), "");
}

asio::awaitable<Reply> close_window(Call& call) {
  auto work = [](storage::Transaction& transaction) {
    storage::Portal portal = transaction.portal();
    const bool open = portal.window.has_value();
    if (open) {
      portal.window.reset();
      transaction.clear_failed_challenges();
      transaction.save_portal(portal);
    }
    return open;
  };
  const auto done = co_await call.transact(std::move(work));
  co_return done ? no_content() : store_trouble(done.error());
}

}  // namespace nopassd::handlers::site
