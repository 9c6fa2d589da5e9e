#include "daemon/signals.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <sys/signalfd.h>
#include <system_error>

namespace nopassd::daemon {

namespace asio = boost::asio;

namespace {

sigset_t held() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  return signals;
}

int open_signals() {
  const sigset_t signals = held();
  const int file = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "signals cannot be read");
  return file;
}

}  // namespace

void hold_signals() {
  const sigset_t signals = held();
  const int error = pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (error != 0) throw std::system_error(error, std::generic_category(), "signals cannot be held");
}

Signals::Signals(asio::io_context& context) : descriptor_(context, open_signals()) {}

asio::awaitable<int> Signals::next() {
  signalfd_siginfo signal{};
  const auto [error, length] =
      co_await descriptor_.async_read_some(asio::buffer(&signal, sizeof signal), asio::as_tuple(asio::use_awaitable));
  const bool whole = !error && length == sizeof signal;
  co_return whole ? static_cast<int>(signal.ssi_signo) : 0;
}

}  // namespace nopassd::daemon
