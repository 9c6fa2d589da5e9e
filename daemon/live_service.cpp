#include "daemon/live_service.hpp"

#include "daemon/process_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nopassd::daemon {

namespace {

/// What was asked for, without the ticket.
std::string_view loggable(handlers::live::Kind kind) {
  constexpr std::array<std::string_view, handlers::Metrics::live_requests> names = {"status", "picture", "events",
                                                                                    "asset", "other"};
  return names[static_cast<std::size_t>(kind)];
}

void alarm(Log& log, std::uint64_t count) {
  log.write(LogLevel::warning, "somebody guesses tickets at the live socket: they get 429",
            {{"guesses", std::to_string(count)}});
}

}  // namespace

std::size_t most_live_connections(std::uint64_t most_files) {
  constexpr std::uint64_t most = 32768;
  constexpr std::uint64_t kept_for_others = 1024;
  const std::uint64_t left = most_files - std::min(most_files / 2, kept_for_others);
  return static_cast<std::size_t>(std::min(most, left));
}

LiveShared::LiveShared(const handlers::site::Services& base, const ConfigHolder& holder, const HttpLimits& limits,
                       Log& its_log, std::atomic<std::uint64_t>& requests)
    : guesses([&its_log](std::uint64_t count) { alarm(its_log, count); }),
      services{base.store, base.notifications, base.settings, base.metrics, guesses, look_ups, streams},
      in_force(holder),
      log(its_log),
      request_count(requests),
      registry(most_live_connections(process_figures().most_files)),
      connections{limits, budget, registry, its_log} {}

const handlers::Settings& LiveService::settings() const { return in_force_->config.handlers; }

HttpService::Admission LiveService::admit(HttpHead& head) {
  in_force_ = shared_.in_force.get();
  const auto& base = shared_.services;
  services_.emplace(handlers::live::Services{base.store, base.notifications, settings(), base.metrics, base.guesses,
                                             base.look_ups, base.streams});
  request_id_ = fmt::format("l{:x}", shared_.request_count.fetch_add(1) + 1);
  head.request.request_id = request_id_;
  Admission admission;
  admission.max_body = max_body;
  return admission;
}

bool LiveService::may_wait(const handlers::Request& request) const {
  return handlers::live::is_stream(request, settings());
}

boost::asio::awaitable<handlers::Reply> LiveService::handle(const handlers::Request& request,
                                                            handlers::site::StreamWriter& stream) {
  return handlers::live::handle(*services_, request, stream);
}

handlers::Reply LiveService::refuse(const handlers::Request&, unsigned status, std::string_view why) {
  return handlers::site::problem(status, why);
}

void LiveService::answered(const handlers::Request& request, const handlers::Reply& reply) {
  // A header that could not be read has no admission, and is no request of a kind.
  const auto kind = in_force_ ? handlers::live::kind_of(request.path, settings()) : handlers::live::Kind::other;
  shared_.services.metrics.live_replies.add(static_cast<std::size_t>(kind), reply.status);
  const LogLevel level = reply.status >= 500 ? LogLevel::warning : LogLevel::debug;
  if (!shared_.log.enabled(level)) return;
  const std::string status = std::to_string(reply.status);
  shared_.log.write_limited(
      level, "live request",
      {{"method", request.method}, {"what", loggable(kind)}, {"status", status}, {"request", request.request_id}});
}

}  // namespace nopassd::daemon
