#pragma once
// One right value and several wrong ones for every key.
#include "daemon/config.hpp"

#include <ostream>
#include <vector>

namespace nopassd::daemon::testing {

/// One key: a value that is right, where it must be found then, and values that are wrong.
struct KeyCase {
  const char* key;
  const char* good;
  bool (*stored)(const Config&);
  std::vector<const char*> bad;
};

/// Names the case in the test's name.
inline void PrintTo(const KeyCase& some, std::ostream* out) { *out << some.key; }

std::vector<KeyCase> all_key_cases();

}  // namespace nopassd::daemon::testing
