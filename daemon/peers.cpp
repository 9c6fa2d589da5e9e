#include "daemon/peers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>

namespace nopassd::daemon {

Credentials peer_credentials(int socket) {
  ucred known{};
  socklen_t length = sizeof known;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &known, &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "SO_PEERCRED");
  }
  Credentials credentials{known.uid, known.gid, std::vector<gid_t>(64)};
  length = static_cast<socklen_t>(credentials.groups.size() * sizeof(gid_t));
  int failed = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, credentials.groups.data(), &length);
  if (failed != 0 && errno == ERANGE) {
    credentials.groups.resize(length / sizeof(gid_t));
    failed = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, credentials.groups.data(), &length);
  }
  credentials.groups.resize(failed != 0 ? 0 : length / sizeof(gid_t));
  return credentials;
}

PeerTable::PeerTable(const std::vector<SiteClient>& clients, uid_t own_uid) : own_uid_(own_uid) {
  for (const auto& client : clients) {
    Grant grant{client.uid, std::nullopt, client.scopes};
    if (!client.user.empty()) {
      const passwd* user = getpwnam(client.user.c_str());
      if (user == nullptr) throw std::runtime_error(fmt::format("[[site.client]]: there is no user {}", client.user));
      grant.uid = user->pw_uid;
    }
    if (!client.group.empty()) {
      const group* found = getgrnam(client.group.c_str());
      if (found == nullptr)
        throw std::runtime_error(fmt::format("[[site.client]]: there is no group {}", client.group));
      grant.gid = found->gr_gid;
    }
    grants_.push_back(grant);
  }
}

handlers::site::Peer PeerTable::judge(const Credentials& credentials) const {
  handlers::site::Peer peer;
  peer.principal = fmt::format("uid:{}", credentials.uid);
  if (credentials.uid == 0 || credentials.uid == own_uid_) {
    peer.scopes = handlers::site::all_scopes();
    peer.known = true;
    return peer;
  }
  for (const auto& grant : grants_) {
    const bool is_user = grant.uid && *grant.uid == credentials.uid;
    const bool in_group =
        grant.gid && (*grant.gid == credentials.gid || std::find(credentials.groups.begin(), credentials.groups.end(),
                                                                 *grant.gid) != credentials.groups.end());
    if (!is_user && !in_group) continue;
    peer.scopes |= grant.scopes;
    peer.known = true;
  }
  return peer;
}

}  // namespace nopassd::daemon
