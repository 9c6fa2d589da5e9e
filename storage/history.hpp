#pragma once
// What has happened to one user: every event about him and every verdict on a question about him, with its cause. The
// newest `most_history` of each user are kept as long as he is, and go when he is erased.
#include "storage/time.hpp"

#include <cstdint>
#include <string>

namespace nopassd::storage {

inline constexpr std::int64_t most_history = 200;

struct HistoryEntry {
  std::string id;
  TimePoint time;
  std::string name;     // without "nopass.": an event's type, "question.decided" or "deletion.asked"
  std::string cause;    // "callback AuthorizedUser", "site uid:33", "daemon"
  std::string subject;  // e.g. "session/<uuid>"
  std::string data;     // a JSON object, serialized: ids and names of fields, no personal data
};

}  // namespace nopassd::storage
