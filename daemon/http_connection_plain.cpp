#include "daemon/http_connection.ipp"

namespace nopassd::daemon {
template class HttpConnection<PlainStream>;
}  // namespace nopassd::daemon
