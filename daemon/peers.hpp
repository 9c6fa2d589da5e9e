#pragma once
// Who is at the other end of the site socket: the kernel's word, and what [[site.client]] grants it.
#include "daemon/config.hpp"
#include "handlers/site/site.hpp"

#include <sys/types.h>
#include <vector>

namespace nopassd::daemon {

/// Peer credentials as the kernel recorded them when the peer connected.
struct Credentials {
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;  // supplementary
};

/// Of a connected Unix stream socket; throws std::system_error when the kernel does not tell.
Credentials peer_credentials(int socket);

/// Immutable; thread-safe.
class PeerTable {
 public:
  /// Looks up the configured users and groups; throws std::runtime_error naming one that does not exist.
  PeerTable(const std::vector<SiteClient>& clients, uid_t own_uid);

  /// Root and the daemon's own user have every scope; others the union of what matches them.
  handlers::site::Peer judge(const Credentials& credentials) const;

 private:
  struct Grant {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    handlers::site::Scopes scopes;
  };
  std::vector<Grant> grants_;
  uid_t own_uid_;
};

}  // namespace nopassd::daemon
