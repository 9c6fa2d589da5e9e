#pragma once
// Asking the site: two transactions with a wait between, which holds neither. callbacks.md, site-api.md "Questions".
#include "handlers/callback/call.hpp"

#include <map>
#include <string>

namespace nopassd::handlers::callback {

/// At most so many questions are open; beyond it policy.fallback answers.
inline constexpr std::size_t most_open_questions = 64;

/// Where the word on a callback comes from, and what it is.
enum class Consent { policy_accepts, policy_denies, policy_asks, site_allows, site_refuses };

constexpr bool allows(Consent consent) { return consent == Consent::policy_accepts || consent == Consent::site_allows; }
constexpr bool refuses(Consent consent) {
  return consent == Consent::policy_denies || consent == Consent::site_refuses;
}

/// What is asked. The same key finds a question again; `repeats_get_verdict`: one that was decided before is not asked
/// a second time.
struct Enquiry {
  std::string_view callback;
  storage::Digest key{};
  std::map<std::string, std::string> members;
  bool repeats_get_verdict = false;
};

/// Decides under the given consent, wholly anew each time. Sets Outcome::asks, having changed nothing, when the policy
/// leaves it to the site; never under a consent of the site's.
using Decide = std::function<Outcome(storage::Transaction&, Consent)>;

/// Decides by `policy`, asking the site where `decide` says so and waiting until policy.timeout for its answer.
asio::awaitable<Outcome> decide_with_site(const Call& call, Policy policy, Enquiry enquiry, Decide decide,
                                          storage::Commit mode = storage::Commit::grouped);

}  // namespace nopassd::handlers::callback
