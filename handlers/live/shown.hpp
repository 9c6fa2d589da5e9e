#pragma once
// What a ticket shows: public, without ids, logins and secrets.
#include "storage/lifecycle.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::handlers::live {

/// How long a final state is shown to those who reconnect.
inline constexpr std::chrono::seconds shown_after_end{60};

struct Shown {
  std::string subject;     // what commits about it are told under
  std::string_view state;  // as the status object names it
  std::string_view event;  // the stream's name for having come to this state; "state" where it has none of its own
  bool over = false;       // nothing follows
  std::optional<storage::Milliseconds> next_change_in;
  std::optional<storage::Milliseconds> expires_in;
  std::optional<std::int64_t> picture_version;
  std::string reason;  // plain text from NoPass
};

/// Nothing where the ticket is unknown, redeemed, or final for longer than shown_after_end.
std::optional<Shown> show(storage::Snapshot& snapshot, const storage::Digest& ticket);

struct ShownPicture {
  std::string png;  // empty: none is shown now
};
/// Likewise.
std::optional<ShownPicture> show_picture(storage::Snapshot& snapshot, const storage::Digest& ticket);

/// `{state, nextChangeInMs, expiresInMs, pictureVersion, reason}`, without those that do not apply.
boost::json::object status_object(const Shown& shown);

}  // namespace nopassd::handlers::live
