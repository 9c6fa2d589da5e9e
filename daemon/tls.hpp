#pragma once
#include "daemon/config.hpp"

#include <boost/asio/ssl/context.hpp>

namespace nopassd::daemon {

/// TLS 1.2 and 1.3 as a server, with the configured certificate; asks for a client certificate of callers.client_ca
/// when that is set. Throws boost::system::system_error or std::runtime_error naming the file that does not fit.
boost::asio::ssl::context make_tls_context(const ListenerConfig& listener, const std::string& client_ca);

/// When the first of the context's own certificates expires: the server's or one of those that it sends along.
storage::TimePoint expiry_of(const boost::asio::ssl::context& context);

}  // namespace nopassd::daemon
