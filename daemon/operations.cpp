#include "daemon/operations.hpp"

#include "storage/sqlite/backup.hpp"

namespace nopassd::daemon {

namespace asio = boost::asio;

using BackupResult = boost::system::result<handlers::BackupMade, handlers::BackupRefused>;

DaemonOperations::DaemonOperations(Reloader reloader, Examined examined, Log& log)
    : reloader_(std::move(reloader)), examined_(examined), log_(log), diagnosis_(examined) {}

asio::awaitable<BackupResult> DaemonOperations::back_up(std::string name) {
  const auto in_force = examined_.in_force.get();
  const storage::BackupOrder order{in_force->config.storage_path, in_force->config.backup_directory, std::move(name)};
  auto work = [this, order](const std::stop_token& stop) -> BackupResult {
    const auto created_at = storage::system_now();
    try {
      const auto bytes = storage::back_up(order, stop);
      log_.write(LogLevel::info, "a backup was made", {{"file", (order.directory / order.name).string()}});
      return handlers::BackupMade{bytes, created_at};
    } catch (const storage::BackupError& error) {
      const bool exists = error.kind() == storage::BackupError::Kind::exists;
      if (!exists) log_.write(LogLevel::error, "a backup failed", {{"why", error.what()}});
      return handlers::BackupRefused{exists, error.what()};
    }
  };
  co_return co_await backups_.run(std::move(work));
}

asio::awaitable<handlers::Reloaded> DaemonOperations::reload() {
  auto work = [this](const std::stop_token&) { return reloader_.reload(); };
  co_return co_await reloads_.run(std::move(work));
}

asio::awaitable<void> DaemonOperations::renew_certificates() {
  auto work = [this](const std::stop_token&) {
    reloader_.renew_certificates(std::chrono::steady_clock::now());
    return true;
  };
  co_await reloads_.run(std::move(work));
}

asio::awaitable<std::vector<handlers::Check>> DaemonOperations::diagnose() { return diagnosis_.examine(); }

}  // namespace nopassd::daemon
