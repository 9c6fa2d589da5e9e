#include "handlers/callback/reply.hpp"

#include "handlers/callback/media_type.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace nopassd::handlers::callback {

namespace json = boost::json;

namespace {

std::string documented(json::value result, const Faults& faults) {
  json::array errors;
  for (const Fault& fault : faults) {
    json::object error;
    error["code"] = fault.code;
    error["message"] = fault.message;
    errors.push_back(std::move(error));
  }
  json::object body;
  body["errors"] = std::move(errors);
  body["result"] = std::move(result);
  return json::serialize(body);
}

std::string body_of(const Settings& settings, const Callback* callback, Outcome& outcome) {
  const bool sample = settings.reply_style == ReplyStyle::sample;
  if (outcome.status != 200) {
    if (outcome.bodyless || sample) return {};
    if (callback != nullptr && callback->fails_with_false) return documented(false, outcome.faults);
    return documented(nullptr, outcome.faults);
  }
  if (sample && callback->sample == SampleReply::nothing) return {};
  if (sample || callback->bare) return json::serialize(outcome.result);
  return documented(std::move(outcome.result), outcome.faults);
}

}  // namespace

Reply make_reply(const Settings& settings, const Callback* callback, std::string_view accept, Outcome outcome) {
  Reply reply;
  reply.status = outcome.status;
  reply.log_note = std::move(outcome.note);
  if (outcome.retry_after.count() > 0) {
    reply.headers.emplace_back("Retry-After", std::to_string(outcome.retry_after.count()));
  }
  reply.body = body_of(settings, callback, outcome);
  if (reply.body.empty()) return reply;
  const bool as_json = callback == nullptr || settings.json_only || accepts_json_by_name(accept);
  reply.content_type = as_json ? "application/json" : callback->content_type;
  return reply;
}

}  // namespace nopassd::handlers::callback
