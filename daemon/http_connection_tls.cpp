#include "daemon/http_connection.ipp"

namespace nopassd::daemon {
template class HttpConnection<TlsStream>;
}  // namespace nopassd::daemon
