#include "daemon/http_connection.ipp"

namespace nopassd::daemon {
template class HttpConnection<UnixStream>;
}  // namespace nopassd::daemon
