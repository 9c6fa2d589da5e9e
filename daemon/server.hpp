#pragma once
// The whole daemon, assembled: store, hub, listeners, sweeper; and its end.
#include "daemon/activation.hpp"
#include "daemon/callback_listener.hpp"
#include "daemon/certificate_watch.hpp"
#include "daemon/deletion_driver.hpp"
#include "daemon/event_hub.hpp"
#include "daemon/hook_client.hpp"
#include "daemon/hook_driver.hpp"
#include "daemon/live_service.hpp"
#include "daemon/metrics_listener.hpp"
#include "daemon/nopass_client.hpp"
#include "daemon/operations.hpp"
#include "daemon/options.hpp"
#include "daemon/signals.hpp"
#include "daemon/site_service.hpp"
#include "daemon/sweeper.hpp"
#include "daemon/unix_listener.hpp"
#include "daemon/watchdog.hpp"
#include "handlers/callback/patience.hpp"
#include "handlers/site/quotas.hpp"
#include "handlers/site/readers.hpp"
#include "handlers/site/storage_check.hpp"

namespace nopassd::daemon {

class Server {
 public:
  /// How many connections a peer may hold that is neither allowed nor a proxy.
  static constexpr std::size_t most_of_a_stranger = 64;
  /// How long SIGTERM waits for what was accepted.
  static constexpr std::chrono::seconds drain_time{10};

  /// Opens the store and the listeners, which take over what was passed; throws std::exception saying what stands in
  /// the way.
  Server(RunCommand command, PassedSockets passed, Log& log);
  ~Server();

  /// Serves until SIGTERM or SIGINT, then drains. On the main thread.
  void run();

 private:
  std::unique_ptr<storage::Store> open_store();
  /// What was asked before this start has nobody left who waits for the answer.
  boost::asio::awaitable<void> settle_questions();
  boost::asio::awaitable<void> begin();
  void announce_ready();
  void open_others(std::optional<int> live);
  void open_metrics();
  void open_live(std::optional<int> passed);
  void list_own_sockets();
  handlers::ProcessFigures figures() const;
  boost::asio::awaitable<void> wait_for_end();

  const Config config_;  // of the start: what a reload cannot change
  Log& log_;
  const storage::TimePoint started_at_ = storage::system_now();
  handlers::Metrics metrics_;
  EventHub hub_;
  OwnSockets own_sockets_;
  HookClient hook_client_{own_sockets_};
  HookDriver hook_driver_;
  std::unique_ptr<storage::Store> store_;
  const storage::Random random_;
  std::atomic<std::uint64_t> requests_ = 0;

  handlers::OwnCalls own_calls_;
  handlers::callback::Patience patience_;
  handlers::callback::Services callback_services_;
  ConfigHolder in_force_;
  NopassClient nopass_client_;
  CallbackShared callbacks_;
  BodyBudget callback_budget_;
  ConnectionRegistry callback_registry_;
  ConnectionShared callback_connections_;

  handlers::site::Readers readers_;
  handlers::site::Quotas quotas_;
  handlers::site::StorageCheck storage_check_;
  handlers::site::Services site_services_;
  SiteShared site_;
  BodyBudget site_budget_;
  ConnectionRegistry site_registry_;
  ConnectionShared site_connections_;

  LiveShared live_;

  MetricsShared metrics_shared_;

  // Its coroutines use what stands above and are destroyed with it; what stands below uses its contexts.
  handlers::Places strangers_;
  IoPool pool_;
  CallbackListener callback_listener_;
  UnixListener site_listener_;
  std::optional<UnixListener> live_listener_;
  DaemonOperations operations_;
  std::optional<MetricsListener> metrics_listener_;
  DeletionDriver deletion_driver_{site_services_, in_force_, log_};
  Sweeper sweeper_;
  CertificateWatch certificate_watch_;
  Watchdog watchdog_{pool_, *store_, [this] { return metrics_.commit_sizes.count(); }};
  Signals signals_;
};

}  // namespace nopassd::daemon
