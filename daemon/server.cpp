#include "daemon/server.hpp"

#include "daemon/process_figures.hpp"
#include "daemon/tcp_acceptor.hpp"
#include "storage/lifecycle.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <csignal>

namespace nopassd::daemon {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_site_connections = 4096;
constexpr std::size_t most_site_bytes = 64 << 20;

HttpLimits limits_of(const ListenerConfig& listener) {
  return {listener.header_timeout, listener.body_timeout, listener.idle_timeout,
          static_cast<std::uint32_t>(listener.max_header)};
}

}  // namespace

Server::Server(RunCommand command, PassedSockets passed, Log& log)
    : config_(command.loaded.config),
      log_(log),
      hook_driver_(site_services_, in_force_, pool_, log_),
      store_(open_store()),
      random_(storage::system_random()),
      callback_services_{*store_, hub_, config_.handlers, random_, patience_, metrics_, own_calls_},
      in_force_(make_in_force(config_)),
      nopass_client_([this] { return in_force_.get()->nopass; }, own_sockets_),
      callbacks_{callback_services_, in_force_, log_, requests_},
      callback_budget_(config_.listener.max_buffered),
      callback_registry_(config_.listener.max_connections),
      callback_connections_{limits_of(config_.listener), callback_budget_, callback_registry_, log_},
      quotas_(config_.site_requests_per_minute),
      site_services_{*store_,        hub_,     config_.handlers, random_,      readers_,        quotas_,
                     storage_check_, metrics_, &hook_client_,    &operations_, &nopass_client_, &own_calls_},
      site_{site_services_, in_force_, log_, requests_},
      site_budget_(most_site_bytes),
      site_registry_(most_site_connections),
      site_connections_{limits_of(config_.listener), site_budget_, site_registry_, log_},
      live_(site_services_, in_force_, limits_of(config_.listener), log_, requests_),
      metrics_shared_(site_services_, limits_of(config_.listener), log_, requests_),
      strangers_(most_of_a_stranger),
      pool_(config_.io_threads == 0 ? default_io_threads() : config_.io_threads,
            [this](std::string_view why) {
              log_.write_limited(LogLevel::error, "a connection failed", {{"why", why}});
            }),
      callback_listener_(pool_, listen_for_callbacks(pool_.first(), config_.listener, passed.https), callbacks_,
                         callback_connections_, strangers_),
      site_listener_(pool_, listen_on(pool_.first(), config_.site, passed.site), site_connections_,
                     [this](int handle) { return std::make_unique<SiteService>(site_, peer_credentials(handle)); }),
      operations_(Reloader(std::move(command.source), std::move(command.loaded), {in_force_, quotas_, metrics_, log_}),
                  {in_force_, metrics_, *store_}, log_),
      sweeper_(pool_.first(), *store_, in_force_, log_),
      certificate_watch_(
          pool_.first(), *store_, metrics_.certificate_expires, [this] { return operations_.renew_certificates(); },
          log_),
      signals_(pool_.first()) {
  open_others(passed.live);
}

// What the client keeps goes before the pool that it was made on.
Server::~Server() { nopass_client_.stop(); }

std::unique_ptr<storage::Store> Server::open_store() {
  storage::SqliteOptions options;
  options.path = config_.storage_path;
  options.on_commit = [this](const storage::CommitNotice& notice) {
    hook_driver_.committed(notice);
    hub_.committed(notice);
  };
  options.on_trouble = [this](bool failing, std::string_view what) {
    log_.write(failing ? LogLevel::error : LogLevel::info, what);
  };
  options.on_batch = [this](const storage::Batch& batch) {
    metrics_.commit_sizes.observe(batch.transactions);
    metrics_.commit_times.observe(batch.took);
    if (!batch.committed) metrics_.commits_failed.add();
  };
  return storage::open_sqlite(std::move(options));
}

asio::awaitable<void> Server::settle_questions() {
  auto settle = [fallback = config_.handlers.fallback_allows](storage::Transaction& transaction) {
    storage::expire_open_questions(transaction, fallback);
    return true;
  };
  co_await store_->transact(std::move(settle), storage::Commit::grouped, storage::Lane::callback);
}

void Server::open_others(std::optional<int> live) {
  open_metrics();
  open_live(live);
  list_own_sockets();
}

void Server::open_metrics() {
  if (config_.metrics_address) metrics_listener_.emplace(pool_, *config_.metrics_address, metrics_shared_);
  metrics_.process = [this] { return figures(); };
  tell_expiry(*in_force_.get(), metrics_);
}

void Server::open_live(std::optional<int> passed) {
  if (config_.live.path.empty() && !passed) return;
  live_listener_.emplace(pool_, listen_on(pool_.first(), config_.live, passed), live_.connections,
                         [this](int) { return std::make_unique<LiveService>(live_); });
}

void Server::list_own_sockets() {
  own_sockets_.paths.push_back(site_listener_.path());
  if (live_listener_) own_sockets_.paths.push_back(live_listener_->path());
  own_sockets_.endpoints.push_back(callback_listener_.endpoint());
  if (metrics_listener_) own_sockets_.endpoints.push_back(metrics_listener_->endpoint());
}

handlers::ProcessFigures Server::figures() const {
  handlers::ProcessFigures figures = process_figures();
  figures.started_at = std::chrono::floor<std::chrono::seconds>(started_at_.time_since_epoch()).count();
  figures.listeners = {{"callbacks", callback_registry_.size(), callback_registry_.turned_away()},
                       {"site", site_registry_.size(), site_registry_.turned_away()}};
  if (live_listener_) {
    figures.listeners.push_back({"live", live_.registry.size(), live_.registry.turned_away()});
  }
  if (metrics_listener_) {
    figures.listeners.push_back({"metrics", metrics_shared_.registry.size(), metrics_shared_.registry.turned_away()});
  }
  return figures;
}

void Server::announce_ready() {
  for (const auto& note : config_.notes) log_.write(LogLevel::warning, note);
  if (metrics_listener_) {
    log_.announce(fmt::format("metrics listener={}", url_of(metrics_listener_->endpoint(), false)));
  }
  const auto url = url_of(callback_listener_.endpoint(), config_.listener.tls());
  log_.announce(fmt::format("ready listener={} site={} live={}", url, site_listener_.path(),
                            live_listener_ ? live_listener_->path() : ""));
  sd_notify(0, "READY=1");
}

asio::awaitable<void> Server::begin() {
  // Before anybody can see a question that a crash left open.
  co_await settle_questions();
  asio::co_spawn(pool_.first(), callback_listener_.accept(), asio::detached);
  asio::co_spawn(pool_.first(), site_listener_.accept(), asio::detached);
  if (live_listener_) asio::co_spawn(pool_.first(), live_listener_->accept(), asio::detached);
  if (metrics_listener_) asio::co_spawn(pool_.first(), metrics_listener_->accept(), asio::detached);
  asio::co_spawn(pool_.first(), hook_driver_.run(), asio::detached);
  asio::co_spawn(pool_.first(), deletion_driver_.run(), asio::detached);
  asio::co_spawn(pool_.first(), sweeper_.run(), asio::detached);
  asio::co_spawn(pool_.first(), certificate_watch_.run(), asio::detached);
  if (const auto period = watchdog_period()) {
    auto tell = [] { sd_notify(0, "WATCHDOG=1"); };
    asio::co_spawn(pool_.first(), watchdog_.run(*period, tell), asio::detached);
  }
  announce_ready();
}

void Server::run() {
  asio::co_spawn(pool_.first(), begin(), asio::detached);
  asio::co_spawn(pool_.first(), wait_for_end(), asio::detached);
  pool_.run();
  // Commits what is queued still; nobody waits for it any more.
  store_.reset();
  log_.write(LogLevel::info, "stopped");
}

asio::awaitable<void> Server::wait_for_end() {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  constexpr auto look_again = std::chrono::milliseconds(10);
  // Beside this: a reload that hangs on a file must not keep the daemon from stopping.
  while (co_await signals_.next() == SIGHUP) asio::co_spawn(pool_.first(), operations_.reload(), asio::detached);
  sd_notify(0, "STOPPING=1");
  log_.write(LogLevel::info, "stopping: answering what was accepted");
  callback_listener_.close();
  site_listener_.close();
  if (live_listener_) live_listener_->close();
  if (metrics_listener_) metrics_listener_->close();
  sweeper_.stop();
  certificate_watch_.stop();
  hub_.stop();
  hook_client_.stop();
  nopass_client_.stop();
  // What was accepted just now is in the registries after this.
  co_await pool_.turn_all();
  callback_registry_.drain();
  site_registry_.drain();
  live_.registry.drain();
  metrics_shared_.registry.drain();
  const auto deadline = std::chrono::steady_clock::now() + drain_time;
  asio::steady_timer timer(pool_.first());
  const auto open = [this] {
    return callback_registry_.size() + site_registry_.size() + live_.registry.size() + metrics_shared_.registry.size();
  };
  // Of a hook that has taken its event this is still written down.
  while ((open() > 0 || hook_driver_.busy() > 0) && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(look_again);
    co_await timer.async_wait(quietly);
  }
  const auto left = open();
  if (left > 0) log_.write(LogLevel::warning, "connections were cut", {{"count", std::to_string(left)}});
  pool_.stop();
}

}  // namespace nopassd::daemon
