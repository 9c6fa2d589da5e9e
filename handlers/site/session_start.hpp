#pragma once
// What both ways to start a login share: docs/site-api.md, "Sessions".
#include "handlers/site/call.hpp"
#include "handlers/site/session_view.hpp"

#include <optional>
#include <string>

namespace nopassd::handlers::site {

/// Exactly one is set.
struct WhoseSession {
  std::optional<std::string> user_id;
  std::optional<std::string> external_id;
  std::optional<std::string> login_key;
};

struct SessionWanted {
  WhoseSession whose;
  storage::Digest auth_id{};
  storage::Digest binding{};
  storage::Digest ticket{};
  storage::Digest client{};  // what starts are counted under besides the user
  std::string png;           // empty: none
  storage::Milliseconds next_change{};
  storage::Milliseconds lifetime{};
};

/// 404, or 410 for one who is deleted.
Outcome<storage::User> find_user(storage::Snapshot& snapshot, const WhoseSession& whose);
std::optional<Refused> refuse_unregistered(storage::Snapshot& snapshot);

/// Adds the pending session with its event and first picture.
SessionRead add_session(storage::Transaction& transaction, const storage::User& user, const SessionWanted& wanted,
                        std::string id);

using SessionStart = asio::awaitable<storage::result<Outcome<SessionRead>>>;

/// Asks NoPass between two transactions: the first counts the start, the second records the session.
SessionStart start_by_asking(const Call& call, SessionWanted wanted);

}  // namespace nopassd::handlers::site
