#include "tools/nopass-sim/replies.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace nopassd::sim {
namespace {

bool empty_in_sample_style(Callback callback) {
  return callback == Callback::update_picture || callback == Callback::confirm_user_registration ||
         callback == Callback::update_user || callback == Callback::delete_user;
}

}  // namespace

CallbackReply ReplyReader::read(Callback callback, const HttpReply& reply) {
  CallbackReply read;
  read.status = reply.status;
  const bool good = reply.status == 200;
  if (reply.body.empty()) {
    // A refused caller and a closed window are empty in both styles.
    if (good && !(sample_.value_or(false) && empty_in_sample_style(callback))) read.fault = "an empty body";
    read.result = good ? boost::json::value("OK") : boost::json::value();
    return read;
  }
  boost::system::error_code code;
  const boost::json::value body = boost::json::parse(reply.body, code);
  if (code) {
    read.fault = "a body that is no JSON";
    return read;
  }
  const bool wrapped = body.is_object() && body.get_object().contains("errors");
  const bool bare = callback == Callback::disable_service && good;  // in both styles
  if (bare) {
    read.result = body;
  } else if (!sample_ && good) {
    sample_ = !wrapped;
  }
  if (wrapped && !bare) {
    read.fault = sample_.value_or(false) ? "documented style after sample style" : read_documented(body, read);
  } else if (good && sample_.value_or(false)) {
    read.result = body;
  } else if (read.result.is_null()) {
    read.fault = "a body without `errors` and `result`";
  }
  if (read.fault.empty()) read.fault = content_type_fault(callback, reply);
  return read;
}

std::string ReplyReader::read_documented(const boost::json::value& body, CallbackReply& into) const {
  const boost::json::object& members = body.get_object();
  const boost::json::value& errors = members.at("errors");
  if (!members.contains("result") || members.size() != 2 || !errors.is_array()) {
    return "a body that is not {errors:[],result}";
  }
  into.result = members.at("result");
  for (const boost::json::value& error : errors.get_array()) {
    if (!error.is_object()) return "an error that is no object";
    const boost::json::object& one = error.get_object();
    const auto* code = one.if_contains("code");
    const auto* message = one.if_contains("message");
    if (code == nullptr || message == nullptr || !code->is_string() || !message->is_string()) {
      return "an error without `code` and `message`";
    }
    into.codes.emplace_back(code->get_string());
  }
  return {};
}

std::string ReplyReader::content_type_fault(Callback callback, const HttpReply& reply) {
  const std::string_view type = reply.header("Content-Type");
  if (sample_.value_or(false)) return {};
  const bool json = type == "application/json";
  if (!json && type != "text/plain; charset=utf-8") return fmt::format("content type '{}'", type);
  if (!kind_of(callback).plain_reply) return json ? "" : fmt::format("content type '{}'", type);
  if (reply.status != 200) return {};
  if (!json_only_) json_only_ = json;
  return *json_only_ == json ? "" : fmt::format("content type '{}', unlike the first reply's", type);
}

}  // namespace nopassd::sim
