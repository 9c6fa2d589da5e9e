#include "daemon/callback_service.hpp"

#include <fmt/format.h>

namespace nopassd::daemon {

namespace callback = handlers::callback;

namespace {

/// The error code of callbacks.md for a status that the connection decides.
std::string_view code_of(unsigned status) {
  switch (status) {
    case 413:
    case 415:
      return "115";
    case 429:
      return "113";
    case 500:
    case 503:
      return "114";
    default:
      return "100";
  }
}

}  // namespace

void CallbackService::take_settings() {
  const callback::Services& base = shared_.services;
  in_force_ = shared_.in_force.get();
  services_.emplace(callback::Services{base.store, base.notifications, in_force_->config.handlers, base.random,
                                       base.patience, base.metrics, base.own_calls});
}

HttpService::Admission CallbackService::admit(HttpHead& head) {
  began_ = std::chrono::steady_clock::now();
  take_settings();
  auto& request = head.request;
  auto verdict = in_force_->gate->judge(peer_, head.forwarded_for, proxied_);
  caller_ = std::move(verdict.caller);
  request_id_ = fmt::format("c{:x}", shared_.request_count.fetch_add(1) + 1);
  request.caller = caller_;
  request.request_id = request_id_;
  const Config& config = in_force_->config;
  const auto& prefix = config.path_prefix;
  request.path = request.path.starts_with(prefix) ? request.path.substr(prefix.size()) : std::string_view();

  Admission admission;
  if (!verdict.admitted) {
    shared_.services.metrics.callers_refused.add();
    admission.refusal.emplace();
    admission.refusal->status = 403;
    admission.refusal->log_note = "the caller is not allowed";
    admission.hang_up = true;
    return admission;
  }
  const auto index = callback::find(request.path);
  const bool is_add_users = index < callback::names.size() && callback::names[index] == "AddUsers";
  admission.max_body = is_add_users ? config.listener.max_body_add_users : config.listener.max_body;
  if (!verdict.in_time) {
    shared_.services.metrics.callers_too_fast.add();
    admission.refusal = refuse(request, 429, "too many requests");
    return admission;
  }
  auto refusal = callback::refuse_early(*services_, request);
  if (refusal.status != 0) admission.refusal = std::move(refusal);
  return admission;
}

boost::asio::awaitable<handlers::Reply> CallbackService::handle(const handlers::Request& request,
                                                                handlers::site::StreamWriter&) {
  return callback::handle(*services_, request);
}

handlers::Reply CallbackService::refuse(const handlers::Request& request, unsigned status, std::string_view why) {
  return callback::refusal(services_->settings, callback::find(request.path), request, status, code_of(status), why);
}

void CallbackService::answered(const handlers::Request& request, const handlers::Reply& reply) {
  const auto index = callback::find(request.path);
  handlers::Metrics& metrics = shared_.services.metrics;
  metrics.callback_replies.add(index, reply.status);
  std::string ms;
  if (began_) {
    const auto took = std::chrono::steady_clock::now() - *began_;
    metrics.callback_times[index].observe(took);
    ms = milliseconds(took);
  }
  began_.reset();
  const std::string_view name = index < callback::names.size() ? callback::names[index] : "-";
  const bool good = reply.status < 300;
  const LogLevel level = reply.status >= 500 ? LogLevel::warning : good ? LogLevel::debug : LogLevel::info;
  if (!shared_.log.enabled(level)) return;
  const std::string status = std::to_string(reply.status);
  const std::string_view note = reply.log_note.empty() ? std::string_view(good ? "done" : "refused") : reply.log_note;
  shared_.log.write_limited(level, "callback",
                            {{"name", name},
                             {"status", status},
                             {"ms", ms},
                             {"caller", request.caller},
                             {"request", request.request_id},
                             {"note", note}});
}

}  // namespace nopassd::daemon
