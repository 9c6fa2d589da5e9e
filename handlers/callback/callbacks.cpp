#include "handlers/callback/callbacks.hpp"

#include "handlers/callback/admission.hpp"
#include "handlers/callback/media_type.hpp"
#include "handlers/callback/reply.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace nopassd::handlers::callback {

namespace {

const Callback* row(std::size_t index) { return index < names.size() ? &callback_at(index) : nullptr; }

std::optional<Outcome> unreadable(const Request& request) {
  if (!is_json_content_type(request.content_type)) return refused("115", "the content type is not JSON in UTF-8");
  if (!is_identity_encoding(request.content_encoding)) return refused("115", "the body is encoded");
  return std::nullopt;
}

Outcome wrong_method() {
  Outcome outcome = refused("115", "the method is not POST");
  outcome.status = 405;
  return outcome;
}

asio::awaitable<Outcome> carry_out(const Callback& callback, const Call& call) {
  const std::variant<Body, Fault> parsed = parse_object(call.request.body);
  if (const Fault* fault = std::get_if<Fault>(&parsed)) co_return refused(fault->code, fault->message);
  co_return co_await callback.run(call, std::get<Body>(parsed));
}

}  // namespace

std::size_t find(std::string_view path) {
  if (!path.starts_with(path_root)) return names.size();
  const auto found = std::find(names.begin(), names.end(), path.substr(path_root.size()));
  return static_cast<std::size_t>(found - names.begin());
}

Reply refuse_early(const Services& services, const Request& request) {
  const Settings& settings = services.settings;
  const Callback* callback = row(find(request.path));
  if (callback == nullptr) return make_reply(settings, nullptr, request.accept, nothing_here("no such path"));
  if (request.method != "POST") {
    Reply reply = make_reply(settings, callback, request.accept, wrong_method());
    reply.headers.emplace_back("Allow", "POST");
    return reply;
  }
  const auto portal = services.store.portal_view();
  const Visit visit{request.caller, services.store.now(), settings.same_caller};
  std::optional<Outcome> outcome = not_admitted(callback->admission, *portal, visit);
  if (!outcome) {
    outcome = unreadable(request);
    // A disabled portal reads only what may be a repeat.
    if (outcome && portal->state == storage::PortalState::disabled && callback->admission != Admission::window &&
        callback->admission != Admission::challenge) {
      outcome = unregistered();
    }
  }
  if (outcome) return make_reply(settings, callback, request.accept, std::move(*outcome));
  Reply none;
  none.status = 0;
  return none;
}

asio::awaitable<Reply> handle(const Services& services, const Request& request) {
  Reply early = refuse_early(services, request);
  if (early.status != 0) co_return early;
  const Callback& callback = callback_at(find(request.path));
  const Call call{services, request, services.store.portal_view()};
  Outcome outcome = co_await carry_out(callback, call);
  const bool only_repeats =
      callback.admission == Admission::registered_or_repeat && call.portal->state == storage::PortalState::disabled;
  if (only_repeats && outcome.status == 400) outcome = unregistered();
  co_return make_reply(services.settings, &callback, request.accept, std::move(outcome));
}

Reply refusal(const Settings& settings, std::size_t index, const Request& request, unsigned status,
              std::string_view code, std::string_view message) {
  Outcome outcome = refused(code, message);
  outcome.status = status;
  if (status == 429 || status == 503) outcome.retry_after = std::chrono::seconds(1);
  return make_reply(settings, row(index), request.accept, std::move(outcome));
}

}  // namespace nopassd::handlers::callback
