#pragma once
// Every table of one connection.
#include "storage/sqlite/access_table.hpp"
#include "storage/sqlite/event_table.hpp"
#include "storage/sqlite/history_table.hpp"
#include "storage/sqlite/hook_table.hpp"
#include "storage/sqlite/login_start_table.hpp"
#include "storage/sqlite/portal_table.hpp"
#include "storage/sqlite/question_table.hpp"
#include "storage/sqlite/registration_table.hpp"
#include "storage/sqlite/session_table.hpp"
#include "storage/sqlite/user_table.hpp"

namespace nopassd::storage {

/// The connection outlives it.
class Tables {
 protected:
  explicit Tables(Connection& connection)
      : portal_(connection),
        sessions_(connection),
        login_starts_(connection),
        registrations_(connection),
        users_(connection),
        events_(connection),
        questions_(connection),
        history_(connection),
        hooks_(connection),
        access_(connection) {}
  ~Tables() = default;

  PortalTable portal_;
  SessionTable sessions_;
  LoginStartTable login_starts_;
  RegistrationTable registrations_;
  UserTable users_;
  EventTable events_;
  QuestionTable questions_;
  HistoryTable history_;
  HookTable hooks_;
  AccessTable access_;
};

}  // namespace nopassd::storage
