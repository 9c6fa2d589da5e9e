#include "tools/nopass-sim/faults.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace nopassd::sim {

namespace json = boost::json;

namespace {

std::optional<PlannedFault> fault_of(const json::value& wanted) {
  const json::object* members = wanted.if_object();
  const json::value* call = members == nullptr ? nullptr : members->if_contains("call");
  if (call == nullptr || !call->is_string()) return std::nullopt;
  PlannedFault fault;
  fault.call = call->get_string();
  fault.only_late = !members->contains("status") && !members->contains("body") && !members->contains("errors") &&
                    !members->contains("hangUp");
  if (const auto* status = members->if_contains("status")) {
    // 204 and 304 have no body, and less is no answer at all.
    const bool good = status->is_int64() && status->get_int64() >= 200 && status->get_int64() <= 599 &&
                      *status != 204 && *status != 304;
    if (!good) return std::nullopt;
    fault.status = static_cast<unsigned>(status->get_int64());
  }
  if (const auto* body = members->if_contains("body"); body != nullptr && body->is_string()) {
    fault.body = body->get_string();
  }
  if (const auto* errors = members->if_contains("errors")) {
    fault.body = json::serialize(json::object{{"errors", *errors}, {"result", nullptr}});
  }
  if (const auto* delay = members->if_contains("delayMs"); delay != nullptr && delay->is_int64()) {
    fault.delay = std::chrono::milliseconds(delay->get_int64());
  }
  if (const auto* hang_up = members->if_contains("hangUp")) fault.hang_up = *hang_up == true;
  return fault;
}

}  // namespace

bool Faults::plan(const json::object& wanted) {
  const json::value* next = wanted.if_contains("next");
  if (next == nullptr || !next->is_array()) return false;
  std::deque<PlannedFault> planned;
  for (const json::value& each : next->get_array()) {
    auto fault = fault_of(each);
    if (!fault) return false;
    planned.push_back(std::move(*fault));
  }
  const std::lock_guard lock(mutex_);
  planned_ = std::move(planned);
  return true;
}

std::optional<PlannedFault> Faults::take(std::string_view call) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(planned_, call, &PlannedFault::call);
  if (found == planned_.end()) return std::nullopt;
  auto fault = std::move(*found);
  planned_.erase(found);
  return fault;
}

}  // namespace nopassd::sim
