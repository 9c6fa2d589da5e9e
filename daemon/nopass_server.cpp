#include "daemon/nopass_server.hpp"

#include "daemon/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace nopassd::daemon {

namespace ssl = boost::asio::ssl;

std::shared_ptr<const NopassServer> make_nopass_server(const std::string& url, const std::string& ca_file) {
  constexpr std::uint16_t usual_http = 80;
  constexpr std::uint16_t usual_https = 443;
  const auto parsed = boost::urls::parse_uri(url).value();
  auto server = std::make_shared<NopassServer>();
  const bool https = parsed.scheme_id() == boost::urls::scheme::https;
  server->host = parsed.host_address();
  server->port = parsed.has_port() ? parsed.port_number() : (https ? usual_https : usual_http);
  const auto authority = parsed.encoded_host_and_port();
  server->host_header = std::string(authority.data(), authority.size());
  if (!https) return server;
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_verify_mode(ssl::verify_peer);
  boost::system::error_code error;
  if (ca_file.empty()) {
    trust_system(*tls);
  } else {
    tls->load_verify_file(ca_file, error);
  }
  if (error) throw std::runtime_error(fmt::format("nopass.ca_file {}: {}", ca_file, error.message()));
  server->tls = std::move(tls);
  return server;
}

}  // namespace nopassd::daemon
