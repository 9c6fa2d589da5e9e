#pragma once
// GET /metrics, on the site socket and on metrics.address: docs/metrics.md.
#include "handlers/metrics.hpp"
#include "handlers/site/site.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace nopassd::handlers::site {

/// What the database has to tell.
struct LogFigures {
  storage::EventLog log;
  struct Reader {
    storage::Consumer consumer;
    std::int64_t lag = 0;
  };
  std::vector<Reader> readers;
  std::size_t questions_open = 0;
};

/// Everything as text for Prometheus; `log` is empty when the store could not be read, and then its families are
/// absent.
std::string metrics_text(const Services& services, const std::optional<LogFigures>& log);

/// 200 with what can be told now, whatever state the store is in.
asio::awaitable<Reply> metrics_reply(const Services& services);

/// Counts one reply on the site socket by its endpoint and status. `took` is empty for what waited or streamed.
void count_reply(Metrics& metrics, const Reply& reply, std::optional<std::chrono::nanoseconds> took);

}  // namespace nopassd::handlers::site
