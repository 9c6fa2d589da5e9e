#pragma once
// The site API: HTTP over the local socket. docs/site-api.md. One file a resource hangs on the table in endpoints.hpp.
#include "handlers/hook_caller.hpp"
#include "handlers/message.hpp"
#include "handlers/metrics.hpp"
#include "handlers/nopass_caller.hpp"
#include "handlers/notifications.hpp"
#include "handlers/operations.hpp"
#include "handlers/own_calls.hpp"
#include "handlers/settings.hpp"
#include "handlers/site/scopes.hpp"
#include "storage/random.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace nopassd::handlers::site {

class Readers;       // readers.hpp: which consumers are being read now
class Quotas;        // quotas.hpp: requests per minute of each principal
class StorageCheck;  // storage_check.hpp: whether the store commits, for /readyz

/// What every site handler works with; all of it outlives the handlers. Thread-safe.
struct Services {
  storage::Store& store;
  Notifications& notifications;
  const Settings& settings;
  const storage::Random& random;
  Readers& readers;
  Quotas& quotas;
  StorageCheck& storage_check;
  Metrics& metrics;
  HookCaller* hook_caller = nullptr;  // null only where no hook can be called: in tests
  Operations* operations = nullptr;   // likewise
  NopassCaller* nopass = nullptr;     // likewise
  OwnCalls* own_calls = nullptr;      // null where `nopass` is
};

/// Who asks: the kernel's word for the peer of the socket and what the configuration grants it, or the client whose
/// token it presents.
struct Peer {
  std::string principal;  // "uid:33", "client:" and its id; owns consumers, is counted by Quotas
  Scopes scopes;
  bool known = false;  // false: no [[site.client]] matches, 401
  /// The same peer by the configuration in force now; empty: it stays what it is. For requests that wait.
  std::function<Peer()> judged_now = {};
};

/// Where a stream (text/event-stream) is written. Used by the handler's coroutine alone.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  /// Sends status and headers; afterwards the handler writes the body and returns a Reply with `streamed`.
  virtual asio::awaitable<bool> start(const Reply& head) = 0;
  /// Waits until the peer has taken it (backpressure). False: the peer is gone or too slow; stop.
  virtual asio::awaitable<bool> write(std::string_view chunk) = 0;
};

/// True for requests that may wait or stream: the connection then watches for the peer to hang up, and cancels the
/// handler's coroutine when it does.
bool may_wait(const Request& request);
/// Of those, the ones that stream.
bool is_stream(const Request& request);

/// Carries out one request of the site: peer or token, forwarded, quota, path, method, scope, body, the endpoint. Every
/// error is application/problem+json. Never throws for what came from outside.
asio::awaitable<Reply> handle(const Services& services, const Peer& peer, const Request& request, StreamWriter& stream);

/// The reply for what the connection itself refuses: 400, 408, 413, 431.
Reply problem(unsigned status, std::string_view detail);

}  // namespace nopassd::handlers::site
