#pragma once
// Backup, reload and diagnosis of the running daemon. handlers/operations.hpp.
#include "daemon/background.hpp"
#include "daemon/diagnosis.hpp"
#include "daemon/reloader.hpp"
#include "handlers/operations.hpp"

namespace nopassd::daemon {

/// Thread-safe. Of each kind one is under way at a time, the next one waits. Destroyed before the contexts of its
/// callers.
class DaemonOperations : public handlers::Operations {
 public:
  DaemonOperations(Reloader reloader, Examined examined, Log& log);

  boost::asio::awaitable<boost::system::result<handlers::BackupMade, handlers::BackupRefused>> back_up(
      std::string name) override;
  boost::asio::awaitable<handlers::Reloaded> reload() override;
  boost::asio::awaitable<std::vector<handlers::Check>> diagnose() override;
  /// Reloader::renew_certificates.
  boost::asio::awaitable<void> renew_certificates();

 private:
  Reloader reloader_;
  const Examined examined_;
  Log& log_;
  Diagnosis diagnosis_;
  Background backups_;
  Background reloads_;
};

}  // namespace nopassd::daemon
