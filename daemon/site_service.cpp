#include "daemon/site_service.hpp"

#include "handlers/site/endpoints.hpp"
#include "handlers/site/metrics.hpp"

#include <fmt/format.h>

namespace nopassd::daemon {

namespace {

/// The first two segments say what was asked; what follows may be a name or an id that is not for the log.
std::string_view loggable(std::string_view path) {
  const auto second = path.find('/', 1);
  if (second == std::string_view::npos) return path;
  return path.substr(0, path.find('/', second + 1));
}

}  // namespace

HttpService::Admission SiteService::admit(HttpHead& head) {
  began_ = std::chrono::steady_clock::now();
  in_force_ = shared_.in_force.get();
  services_.emplace(with_settings(shared_.services, in_force_->config.handlers));
  peer_ = in_force_->peers->judge(credentials_);
  peer_.judged_now = [this] { return shared_.in_force.get()->peers->judge(credentials_); };
  request_id_ = fmt::format("s{:x}", shared_.request_count.fetch_add(1) + 1);
  head.request.caller = peer_.principal;
  head.request.request_id = request_id_;
  if (!head.forwarded_for.empty()) head.request.forwarded = true;
  Admission admission;
  admission.max_body = max_body;
  return admission;
}

boost::asio::awaitable<handlers::Reply> SiteService::handle(const handlers::Request& request,
                                                            handlers::site::StreamWriter& stream) {
  if (may_wait(request)) return wait(request, stream);
  return handlers::site::handle(*services_, peer_, request, stream);
}

boost::asio::awaitable<handlers::Reply> SiteService::wait(const handlers::Request& request,
                                                          handlers::site::StreamWriter& stream) {
  handlers::Metrics& metrics = shared_.services.metrics;
  const handlers::Counted counted(handlers::site::is_stream(request) ? metrics.streams : metrics.polls);
  began_.reset();
  co_return co_await handlers::site::handle(*services_, peer_, request, stream);
}

handlers::Reply SiteService::refuse(const handlers::Request&, unsigned status, std::string_view why) {
  return handlers::site::problem(status, why);
}

void SiteService::tell_operator_action(const handlers::Request& request, const handlers::Reply& reply) {
  const auto& endpoint = handlers::site::endpoints()[static_cast<std::size_t>(reply.endpoint)];
  const std::string status = std::to_string(reply.status);
  shared_.log.announce("operator action",
                       {{"action", endpoint.name},
                        {"path", request.path},
                        {"status", status},
                        {"peer", reply.principal.empty() ? request.caller : std::string_view(reply.principal)},
                        {"request", request.request_id}});
}

void SiteService::answered(const handlers::Request& request, const handlers::Reply& reply) {
  std::optional<std::chrono::nanoseconds> took;
  if (began_) took = std::chrono::steady_clock::now() - *began_;
  began_.reset();
  handlers::site::count_reply(shared_.services.metrics, reply, took);
  if (handlers::site::is_operator_action(request, reply)) tell_operator_action(request, reply);
  const LogLevel level = reply.status >= 500   ? LogLevel::warning
                         : reply.status >= 400 ? LogLevel::info
                                               : LogLevel::debug;
  if (!shared_.log.enabled(level)) return;
  const std::string status = std::to_string(reply.status), ms = took ? milliseconds(*took) : "";
  shared_.log.write_limited(level, "site request",
                            {{"method", request.method},
                             {"path", loggable(request.path)},
                             {"status", status},
                             {"ms", ms},
                             {"peer", reply.principal.empty() ? request.caller : std::string_view(reply.principal)},
                             {"request", request.request_id},
                             {"note", reply.log_note}});
}

}  // namespace nopassd::daemon
