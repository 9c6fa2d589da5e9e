#include "daemon/metrics_service.hpp"

#include "handlers/site/metrics.hpp"

#include <fmt/format.h>

namespace nopassd::daemon {

HttpService::Admission MetricsService::admit(HttpHead& head) {
  request_id_ = fmt::format("m{:x}", context_.request_count.fetch_add(1) + 1);
  head.request.request_id = request_id_;
  Admission admission;
  if (head.request.path != "/metrics") {
    admission.refusal = refuse(head.request, 404, "only /metrics is served here");
  } else if (head.request.method != "GET" && head.request.method != "HEAD") {
    admission.refusal = refuse(head.request, 405, "/metrics has GET and HEAD");
    admission.refusal->headers.emplace_back("Allow", "GET, HEAD");
  }
  return admission;
}

boost::asio::awaitable<handlers::Reply> MetricsService::handle(const handlers::Request&,
                                                               handlers::site::StreamWriter&) {
  return handlers::site::metrics_reply(context_.services);
}

handlers::Reply MetricsService::refuse(const handlers::Request&, unsigned status, std::string_view why) {
  return handlers::site::problem(status, why);
}

void MetricsService::answered(const handlers::Request& request, const handlers::Reply& reply) {
  const LogLevel level = reply.status >= 500   ? LogLevel::warning
                         : reply.status >= 400 ? LogLevel::info
                                               : LogLevel::debug;
  if (!context_.log.enabled(level)) return;
  const std::string status = std::to_string(reply.status);
  context_.log.write_limited(level, "metrics request", {{"status", status}, {"request", request.request_id}});
}

}  // namespace nopassd::daemon
