#include "tools/nopass-sim/serve.hpp"

#include "tools/nopass-sim/routes.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <list>
#include <stdexcept>
#include <thread>

namespace nopassd::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

tcp::endpoint endpoint_of(const std::string& listen) {
  const auto colon = listen.rfind(':');
  boost::system::error_code error;
  const auto address = asio::ip::make_address(listen.substr(0, colon), error);
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  const bool number =
      !port.empty() && port.size() <= 5 && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  if (error || !number || std::stoul(port) > 0xffff) {
    throw std::invalid_argument(
        fmt::format("--listen {}: an address and a port are wanted, such as 127.0.0.1:8490", listen));
  }
  if (!address.is_loopback()) {
    throw std::invalid_argument(
        fmt::format("--listen {}: only on this machine's loopback, as anybody there can approve "
                    "every login",
                    listen));
  }
  return {address, static_cast<std::uint16_t>(std::stoul(port))};
}

WebRequest taken(const http::request<http::string_body>& request) {
  const auto field = [&request](auto name) { return std::string(request[name]); };
  constexpr std::string_view scheme = "Bearer ";
  WebRequest taken;
  taken.method = std::string(request.method_string());
  const std::string target(request.target());
  taken.path = target.substr(0, target.find('?'));
  taken.body = request.body();
  const std::string authorization = field(http::field::authorization);
  if (authorization.starts_with(scheme)) taken.bearer = authorization.substr(scheme.size());
  taken.host = field(http::field::host);
  taken.origin = field(http::field::origin);
  taken.fetch_site = field("Sec-Fetch-Site");
  return taken;
}

/// One connection, on a thread of its own.
class Visitor {
 public:
  Visitor(tcp::socket socket, Routes& routes)
      : socket_(std::move(socket)), thread_([this, &routes] { serve(routes); }) {}
  ~Visitor() { thread_.join(); }
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  bool is_gone() const { return gone_; }
  /// Wakes it where it reads.
  void hurry() { ::shutdown(socket_.native_handle(), SHUT_RDWR); }

 private:
  void serve(Routes& routes) {
    boost::beast::flat_buffer buffer(1 << 20);
    boost::system::error_code error;
    while (!error) {
      http::request<http::string_body> request;
      http::read(socket_, buffer, request, error);
      if (error) break;
      WebReply reply;
      try {
        reply = routes.answer(taken(request));
      } catch (const std::exception& fault) {
        reply = {500, "text/plain", fault.what()};
      }
      if (reply.hang_up) break;
      http::response<http::string_body> response{static_cast<http::status>(reply.status), request.version()};
      response.set(http::field::content_type, reply.content_type);
      response.set(http::field::cache_control, "no-store");
      response.set("Content-Security-Policy", policy);
      response.set("X-Content-Type-Options", "nosniff");
      response.set("Referrer-Policy", "no-referrer");
      response.body() = std::move(reply.body);
      response.keep_alive(request.keep_alive());
      response.prepare_payload();
      http::write(socket_, response, error);
      if (!request.keep_alive()) break;
    }
    ::shutdown(socket_.native_handle(), SHUT_RDWR);
    gone_ = true;
  }

  tcp::socket socket_;
  std::atomic<bool> gone_ = false;
  std::thread thread_;  // last: it uses the others
};

/// SIGTERM and SIGINT, blocked before any thread begins.
class Ends {
 public:
  Ends() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void wait() {
    int signal = 0;
    sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_{};
};

/// Takes visitors until `stopping`; one more connection wakes it then.
void welcome(tcp::acceptor& acceptor, asio::io_context& context, Routes& routes, const std::atomic<bool>& stopping) {
  std::list<Visitor> visitors;
  while (true) {
    boost::system::error_code error;
    tcp::socket socket(context);
    acceptor.accept(socket, error);
    if (stopping) break;
    visitors.remove_if([](const Visitor& visitor) { return visitor.is_gone(); });
    if (!error) visitors.emplace_back(std::move(socket), routes);
  }
  for (Visitor& visitor : visitors) visitor.hurry();
}

void turn_clock(Nopass& nopass, const std::atomic<bool>& stopping) {
  constexpr auto often = std::chrono::milliseconds(50);
  while (!stopping) {
    std::this_thread::sleep_for(often);
    nopass.tick();
  }
}

std::string url_of(const tcp::endpoint& here) {
  return here.address().is_v6() ? fmt::format("http://[{}]:{}", here.address().to_string(), here.port())
                                : fmt::format("http://{}:{}", here.address().to_string(), here.port());
}

}  // namespace

int serve(ServeOptions options) {
  Ends ends;
  asio::io_context context;
  tcp::acceptor acceptor(context, endpoint_of(options.listen));
  const auto here = acceptor.local_endpoint();
  options.nopass.base_url = url_of(here);
  Nopass nopass(options.nopass);
  for (const std::string& login : options.users) nopass.add_known_user(login);
  Faults faults;
  Routes routes(nopass, faults, options.delete_path);

  std::atomic<bool> stopping = false;
  std::thread accepting([&] { welcome(acceptor, context, routes, stopping); });
  std::thread clock([&] { turn_clock(nopass, stopping); });
  fmt::print("ready {}\n", options.nopass.base_url);
  std::fflush(stdout);
  ends.wait();
  stopping = true;
  boost::system::error_code ignored;
  tcp::socket knock(context);
  knock.connect(here, ignored);
  accepting.join();
  clock.join();
  return 0;
}

}  // namespace nopassd::sim
