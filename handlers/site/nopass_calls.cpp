#include "handlers/site/nopass_calls.hpp"

#include "handlers/callback/picture.hpp"
#include "handlers/site/nopass_reply.hpp"
#include "storage/names.hpp"

#include <boost/json/serialize.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nopassd::handlers::site {

namespace json = boost::json;
using storage::Milliseconds;

namespace {

using NopassCall = Metrics::NopassCall;
using NopassEnd = Metrics::NopassEnd;

struct Kind {
  NopassCall call;
  std::string_view what;  // "NoPass refused …"
};
constexpr Kind authorization{NopassCall::request_authorization, "to start the login"};
constexpr Kind registration{NopassCall::pre_register_user, "to start the registration"};
constexpr Kind deletion{NopassCall::delete_user, "to delete the user"};

void count(Metrics& metrics, NopassCall call, NopassEnd end) {
  metrics.nopass_replies[static_cast<std::size_t>(call)][static_cast<std::size_t>(end)].add();
}

/// A header's value may hold neither control characters nor what is not ASCII.
bool can_be_bearer(std::string_view token) {
  return !token.empty() && std::ranges::all_of(token, [](char c) { return c >= ' ' && c <= '~'; });
}

Refused refusal_of(const Kind& kind, std::string_view why, std::string note) {
  return {502, fmt::format("NoPass refused {}: {}", kind.what, why), std::move(note)};
}

Refused not_understood(const Kind& kind, std::string_view what) {
  return refusal_of(kind, "its answer has not the shape that is agreed; see that nopass.server is a NoPass server",
                    std::string(what));
}

/// The reply's `result`, where NoPass has done what it was asked.
Outcome<json::value> result_of(const NopassReply& reply, const Kind& kind, std::string_view token, Metrics& metrics) {
  using End = NopassReply::End;
  if (reply.end != End::answered) {
    count(metrics, kind.call, reply.end == End::silent ? NopassEnd::silent : NopassEnd::unreachable);
    if (reply.end == End::stopping) return Refused{503, "the daemon is stopping", {}, 1};
    const unsigned status = reply.end == End::silent ? 504 : 502;
    return Refused{status, fmt::format("NoPass could not be asked {}: {}", kind.what, reply.detail), reply.detail};
  }
  NopassAnswer answer = read_nopass_answer(reply, token);
  const bool done = reply.status == 200 && answer.understood && answer.trouble.empty();
  count(metrics, kind.call, done ? NopassEnd::done : NopassEnd::refused);
  if (done) return std::move(answer.result);
  const std::string note = fmt::format("status {}: {}", reply.status, answer.trouble);
  if (reply.status == 401 || reply.status == 403) {
    return refusal_of(
        kind,
        fmt::format("it answered with status {}: the portal's authToken counts no more; see that "
                    "the NoPass console says Active; else `nopassctl portal reset`, then `nopassctl register`",
                    reply.status),
        note);
  }
  if (reply.status != 200) {
    return refusal_of(kind, fmt::format("it answered with status {}; ask again later", reply.status), note);
  }
  if (!answer.understood) return not_understood(kind, answer.trouble);
  return refusal_of(kind, "its reason is in the daemon's log", note);
}

asio::awaitable<Outcome<json::value>> ask(const Services& services, const storage::Portal& portal, const Kind& kind,
                                          std::string path, const json::object& body) {
  const std::string token = portal.auth_token;
  if (!can_be_bearer(token)) {
    co_return Refused{
        502, "the portal's authToken cannot be sent in a header: `nopassctl portal reset`, then `nopassctl register`"};
  }
  NopassRequest request;
  request.path = std::move(path);
  request.bearer = token;
  request.body = json::serialize(body);
  const NopassReply reply = co_await services.nopass->post(std::move(request));
  services.metrics.nopass_times.observe(reply.took);
  co_return result_of(reply, kind, token, services.metrics);
}

bool is_web_link(const std::string& text) {
  constexpr std::size_t longest = 2084;
  const auto url = boost::urls::parse_uri({text.data(), text.size()});
  return text.size() <= longest && url && (url->scheme() == "https" || url->scheme() == "http") &&
         !url->encoded_host().empty();
}

/// The first picture, by the limits of callback 3. One that cannot be shown is none: callback 3 brings the next.
void take_picture(const json::object& result, Authorization& taken) {
  constexpr std::int64_t usual = 30'000;
  constexpr std::int64_t shortest = 1'000;
  constexpr std::int64_t longest = 600'000;
  const auto next_change = nopass_number(result, "nextChange").value_or(usual);
  taken.next_change = Milliseconds(std::clamp(next_change, shortest, longest));
  taken.png = callback::decode_picture(nopass_text(result, "image")).value_or("");
}

}  // namespace

asio::awaitable<Outcome<Authorization>> request_authorization(const Services& services, const storage::Portal& portal,
                                                              std::string login) {
  constexpr std::size_t longest_auth_id = 256;
  const json::object body{{"portalId", portal.portal_id}, {"userId", login}};
  auto result = co_await ask(services, portal, authorization, "/api/UserAuthentication/RequestAuthorization", body);
  if (result.has_error()) co_return result.refused();
  const json::object* given = result->if_object();
  if (given == nullptr) co_return not_understood(authorization, "result is no object");
  Authorization taken;
  taken.auth_id = nopass_text(*given, "authId");
  const auto length = storage::code_points(taken.auth_id);
  if (!length || *length == 0 || *length > longest_auth_id) co_return not_understood(authorization, "no authId");
  take_picture(*given, taken);
  co_return taken;
}

asio::awaitable<Outcome<PreRegistration>> pre_register_user(const Services& services, const storage::Portal& portal,
                                                            const Newcomer& newcomer) {
  constexpr std::size_t longest_otp = 2084;
  const json::object data{{"givenName", newcomer.profile.given_name},
                          {"surName", newcomer.profile.sur_name},
                          {"phoneNumber", newcomer.profile.phone_number},
                          {"email", newcomer.profile.email}};
  const json::object body{
      {"portalId", portal.portal_id},         {"userId", newcomer.login}, {"clientIP", newcomer.client_ip},
      {"redirectUrl", newcomer.redirect_url}, {"socialNetwork", ""},      {"data", data}};
  auto result = co_await ask(services, portal, registration, "/api/UserRegistration/PreRegisterUser", body);
  if (result.has_error()) co_return result.refused();
  const json::object* given = result->if_object();
  if (given == nullptr) co_return not_understood(registration, "result is no object");
  PreRegistration taken{nopass_text(*given, "otp"), nopass_text(*given, "registerLink")};
  const auto length = storage::code_points(taken.otp);
  if (!length || *length == 0 || *length > longest_otp) co_return not_understood(registration, "no otp");
  if (!is_web_link(taken.register_link)) co_return not_understood(registration, "registerLink is no http or https URL");
  co_return taken;
}

asio::awaitable<Outcome<bool>> delete_nopass_user(const Services& services, const storage::Portal& portal,
                                                  std::string login) {
  const json::object body{{"portalId", portal.portal_id}, {"userId", login}};
  auto result = co_await ask(services, portal, deletion, services.settings.delete_user_path, body);
  if (result.has_error()) co_return result.refused();
  co_return true;
}

}  // namespace nopassd::handlers::site
