#pragma once
#include "daemon/config.hpp"

#include <boost/asio/ssl/context.hpp>

namespace nopassd::daemon {

struct ServerTls {
  boost::asio::ssl::context context;
  storage::TimePoint expires;  // the first of its certificates, those that it sends along included
};

/// TLS 1.2 and 1.3 for HTTP/1.1 as a server, with the configured certificates and new keys for session tickets; asks
/// for a client certificate of callers.client_ca when that is set. Throws std::runtime_error naming the file that does
/// not fit.
ServerTls make_server_tls(const ListenerConfig& listener, const std::string& client_ca);

/// As a client that believes the authorities of this system: Debian's folder of them, of which only those are read that
/// are needed, unless $SSL_CERT_FILE names a file.
void trust_system(boost::asio::ssl::context& client);

}  // namespace nopassd::daemon
