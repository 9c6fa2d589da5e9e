#pragma once
// Questions to answering hooks: docs/site-api.md, "Questions". Each is sent beside the events, not behind them.
#include "handlers/site/site.hpp"

#include <string>
#include <vector>

namespace nopassd::handlers::site {

struct HookQuestion {
  storage::Hook hook;
  storage::Question question;
};

/// Who is to be asked this question: every answering hook while it is open, else nobody.
asio::awaitable<std::vector<HookQuestion>> hooks_to_ask(const Services& services, std::string question_id);

/// Asks one of them within the question's deadline; a 200 reply `{"allow":…,"reason"}` is the answer, unless somebody
/// was faster. Whatever else comes is noted as the hook's last error.
asio::awaitable<void> ask_hook(const Services& services, HookQuestion asked);

}  // namespace nopassd::handlers::site
