#pragma once
// What a test has told the server to do wrong next.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nopassd::sim {

/// For the next request of the call of that name.
struct PlannedFault {
  std::string call;  // "RequestAuthorization"
  unsigned status = 200;
  std::optional<std::string> body;
  std::chrono::milliseconds delay{};
  bool hang_up = false;
  bool only_late = false;  // after the delay all is well
};

/// Thread-safe.
class Faults {
 public:
  /// `{"next":[{"call","status","body"|"errors","delayMs","hangUp"}]}`; false when it is not that.
  bool plan(const boost::json::object& wanted);
  std::optional<PlannedFault> take(std::string_view call);

 private:
  std::mutex mutex_;
  std::deque<PlannedFault> planned_;
};

}  // namespace nopassd::sim
