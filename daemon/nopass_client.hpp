#pragma once
// Calls the NoPass server on connections that are kept. docs/decisions/010-outgoing-calls.md.
#include "daemon/nopass_server.hpp"
#include "daemon/own_sockets.hpp"
#include "daemon/running_calls.hpp"
#include "handlers/nopass_caller.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace nopassd::daemon {

/// Thread-safe; each call lives on its caller's executor, which one thread runs. Outlives its calls.
class NopassClient : public handlers::NopassCaller {
 public:
  struct Limits {
    std::chrono::milliseconds connect{3000};
    std::chrono::milliseconds total{10000};
    std::chrono::milliseconds idle{30000};  // how long a connection is kept that nobody uses
  };
  static constexpr std::uint32_t most_header = 16 << 10;
  static constexpr std::uint64_t most_body = 1 << 20;
  static constexpr std::size_t most_idle = 16;

  /// `server` tells whom to call, each time anew; a connection to one that it no longer names is not used again.
  NopassClient(std::function<std::shared_ptr<const NopassServer>()> server, const OwnSockets& own, Limits limits);
  NopassClient(std::function<std::shared_ptr<const NopassServer>()> server, const OwnSockets& own)
      : NopassClient(std::move(server), own, Limits{}) {}
  ~NopassClient() override;

  boost::asio::awaitable<handlers::NopassReply> post(handlers::NopassRequest request) override;

  /// Ends every call, now and later, and closes what is kept. Before the executors of the calls go.
  void stop();

 private:
  struct Line;
  struct Call;

  boost::asio::awaitable<void> carry_out(Call& call);
  boost::asio::awaitable<std::unique_ptr<Line>> connect(Call& call);
  std::unique_ptr<Line> take_kept(const Call& call);
  void keep(std::unique_ptr<Line> line);
  static void retire(std::unique_ptr<Line> line);

  const std::function<std::shared_ptr<const NopassServer>()> server_;
  const OwnSockets& own_;
  const Limits limits_;
  std::mutex mutex_;
  std::list<std::unique_ptr<Line>> kept_;  // the one used last is the last
  bool stopping_ = false;
  RunningCalls calls_;
};

}  // namespace nopassd::daemon
