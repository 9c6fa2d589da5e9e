#pragma once
// What `nopassctl doctor` finds out from outside of the daemon.
#include "tools/nopassctl/client.hpp"

#include <string>
#include <vector>

namespace nopassd::ctl {

struct Check {
  enum class Status { ok, warning, failing };
  std::string name;
  Status status = Status::ok;
  std::string detail;
  std::string advice;  // what to do; empty when all is well
};

/// The socket's kind, mode and owner, and whether somebody answers on it.
Check check_socket(const Client& client);

/// Who the daemon takes us for, and what that may do.
Check check_identity(const Client& client);

/// The clock of this machine: the year, NTP, and the daemon's Date.
Check check_clock(const Client& client);

/// What /readyz tells, which needs no scope: the storage, the portal, the callers, the certificate.
std::vector<Check> check_readiness(const Client& client);

/// GET /v1/diagnosis: the database, the disk, NoPass, the certificate and the rest; a warning where it is not offered.
std::vector<Check> check_diagnosis(const Client& client);

}  // namespace nopassd::ctl
