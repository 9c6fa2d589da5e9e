// Callback 1: the NoPass console asks whether this is the portal that its operator means.
#include "handlers/callback/admission.hpp"
#include "storage/secret.hpp"

#include <algorithm>

namespace nopassd::handlers::callback {

namespace {

using storage::Portal;
using storage::Transaction;

constexpr std::size_t admin_id_limit = 64;
constexpr Range challenge_range{0, 2147483646};
constexpr int most_failures = 5;

struct Request1 {
  std::string admin_id;
  std::int64_t r = 0;
  std::string caller;
  bool same_caller = true;
};

Outcome too_many(const Portal& portal, storage::TimePoint now) {
  Outcome outcome = refused("113", "too many requests");
  const auto left = std::chrono::ceil<std::chrono::seconds>(portal.window->expires_at - now);
  outcome.retry_after = std::max(left, std::chrono::seconds(1));
  return outcome;
}

Outcome count_failure(Transaction& transaction, const Portal& portal, const Request1& request) {
  Outcome outcome = refused("101", "adminId not found");
  if (transaction.count_failed_challenge(request.caller) > most_failures) {
    outcome = too_many(portal, transaction.now());
    transaction.append(storage::portal_event("registration_attacked", request.caller));
  }
  outcome.kept = true;
  return outcome;
}

Outcome answer(Transaction& transaction, const Request1& request) {
  Portal portal = transaction.portal();
  const auto now = transaction.now();
  if (!window_open(portal, now)) return nothing_here("no registration window is open");
  if (transaction.failed_challenges(request.caller) > most_failures) return too_many(portal, now);
  storage::Window& window = *portal.window;
  if (!storage::equal_secret(request.admin_id, window.admin_id)) return count_failure(transaction, portal, request);

  const storage::Challenge* before = challenge_of(portal, now);
  const bool repeated = before != nullptr && (!request.same_caller || before->caller == request.caller);
  if (!repeated) {
    window.challenge = storage::Challenge{request.caller, now};
    transaction.save_portal(portal);
    transaction.append(storage::portal_event("challenged", request.caller));
  }
  boost::json::object result;
  result["adminId"] = window.admin_id;
  result["sCode"] = window.s_code;
  result["r"] = request.r + 1;
  return done(std::move(result), repeated ? "challenge repeated" : "challenge answered");
}

}  // namespace

asio::awaitable<Outcome> confirm_pre_registration(const Call& call, const Body& body) {
  Faults faults = body.faults;
  Members members(body.members, faults);
  Request1 request;
  request.admin_id = members.required_text("adminId", admin_id_limit);
  request.r = members.required_integer("r", challenge_range);
  request.caller = call.request.caller;
  request.same_caller = call.services.settings.same_caller;
  if (!faults.empty()) co_return refused(std::move(faults));

  Work work = [request](Transaction& transaction) { return answer(transaction, request); };
  co_return co_await commit(call, std::move(work));
}

}  // namespace nopassd::handlers::callback
