#pragma once
// Calls hooks over HTTP, HTTPS and Unix sockets. Never the daemon's own sockets, whatever leads to them.
#include "daemon/own_sockets.hpp"
#include "daemon/running_calls.hpp"
#include "handlers/hook_caller.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace nopassd::daemon {

/// Thread-safe; each call lives on its caller's executor, which one thread runs. Outlives its calls.
class HookClient : public handlers::HookCaller {
 public:
  static constexpr std::uint32_t most_header = 16 << 10;
  static constexpr std::uint64_t most_body = 64 << 10;

  /// Trusts the system's certificate authorities.
  explicit HookClient(const OwnSockets& own);
  ~HookClient() override;

  boost::asio::awaitable<handlers::HookReply> post(handlers::HookRequest request) override;
  std::string objection(const std::string& url) const override;

  /// Ends every call, now and later.
  void stop() { calls_.stop(); }

 private:
  struct Call;

  boost::asio::awaitable<void> carry_out(Call& call);
  boost::asio::awaitable<void> over_unix(Call& call);
  boost::asio::awaitable<void> over_tcp(Call& call);
  template <class Stream>
  boost::asio::awaitable<bool> connect(Stream& stream, Call& call);

  const OwnSockets& own_;
  boost::asio::ssl::context tls_;
  RunningCalls calls_;
};

}  // namespace nopassd::daemon
