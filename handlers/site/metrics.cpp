// Asking for the figures, and counting replies.
#include "handlers/site/metrics.hpp"

#include "handlers/site/exposition.hpp"
#include "handlers/site/resources.hpp"
#include "storage/lifecycle.hpp"

#include <algorithm>

namespace nopassd::handlers::site {

asio::awaitable<Reply> metrics_reply(const Services& services) {
  auto work = [](storage::Snapshot& snapshot) {
    LogFigures figures{snapshot.event_log(), {}, snapshot.open_questions()};
    for (storage::Consumer& each : snapshot.consumers()) {
      const std::int64_t lag = storage::lag_of(snapshot, each);
      figures.readers.push_back({std::move(each), lag});
    }
    return figures;
  };
  const auto read = co_await services.store.read(std::move(work));
  std::optional<LogFigures> log;
  if (read) log = *read;
  Reply reply;
  reply.content_type = Exposition::content_type;
  reply.body = metrics_text(services, log);
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

asio::awaitable<Reply> show_metrics(Call& call) { co_return co_await metrics_reply(call.services); }

void count_reply(Metrics& metrics, const Reply& reply, std::optional<std::chrono::nanoseconds> took) {
  std::size_t row = Metrics::most_endpoints;
  if (reply.endpoint >= 0) row = std::min(row, static_cast<std::size_t>(reply.endpoint));
  metrics.site_replies.add(row, reply.status);
  if (took) metrics.site_times.observe(*took);
}

}  // namespace nopassd::handlers::site
