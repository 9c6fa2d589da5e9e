#include "handlers/live/live.hpp"

#include "handlers/live/assets.hpp"
#include "handlers/live/shown.hpp"
#include "handlers/live/stream.hpp"
#include "handlers/site/replies.hpp"
#include "handlers/site/stream_head.hpp"
#include "storage/secret.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>

namespace nopassd::handlers::live {

namespace asio = boost::asio;

namespace {

constexpr std::size_t ticket_length = 43;  // 256 bits in base64url
constexpr std::string_view status_methods = "GET, HEAD";

/// A path below live.public_path, taken apart.
struct Target {
  Kind kind = Kind::other;
  std::string_view name;  // the ticket, or the asset
};

bool is_ticket(std::string_view text) {
  return text.size() == ticket_length && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

const Asset* asset_named(std::string_view name) {
  const auto all = assets();
  const auto found = std::ranges::find(all, name, &Asset::name);
  return found == all.end() ? nullptr : &*found;
}

Target target_of(std::string_view path, const Settings& settings) {
  const std::string_view prefix = settings.live_public_path;
  if (!path.starts_with(prefix)) return {};
  path.remove_prefix(prefix.size());
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  if (asset_named(path) != nullptr) return {Kind::asset, path};
  if (!path.starts_with("t/")) return {};
  path.remove_prefix(2);
  const auto slash = std::min(path.find('/'), path.size());
  const std::string_view rest = path.substr(slash);
  const std::string_view ticket = path.substr(0, slash);
  if (rest.empty()) return {Kind::status, ticket};
  if (rest == "/picture") return {Kind::picture, ticket};
  if (rest == "/events") return {Kind::events, ticket};
  return {};
}

/// One text for all that there is not, with no hint why.
Reply not_there() { return site::problem(404, "there is no such ticket, or no such page"); }

Reply too_many(std::string_view what) {
  Reply reply = site::problem(429, what);
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

bool is_allowed_origin(const Request& request, const Settings& settings) {
  return !request.origin.empty() &&
         std::ranges::find(settings.live_origins, request.origin) != settings.live_origins.end();
}

/// What every reply carries, whatever it is.
void add_headers(Reply& reply, const Request& request, const Settings& settings) {
  reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  const bool elsewhere = !settings.live_origins.empty();
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", elsewhere ? "cross-origin" : "same-origin");
  if (!elsewhere) return;
  reply.headers.emplace_back("Vary", "Origin");
  if (is_allowed_origin(request, settings)) {
    reply.headers.emplace_back("Access-Control-Allow-Origin", std::string(request.origin));
  }
}

Reply preflight() {
  Reply reply;
  reply.status = 204;
  reply.headers.emplace_back("Access-Control-Allow-Methods", "GET");
  reply.headers.emplace_back("Access-Control-Allow-Headers", "Last-Event-ID, Cache-Control");
  reply.headers.emplace_back("Access-Control-Max-Age", "600");
  return reply;
}

Reply asset_reply(const Request& request, std::string_view name) {
  const Asset& asset = *asset_named(name);
  Reply reply;
  reply.content_type = name.ends_with(".js") ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8";
  reply.body = asset.text;
  reply.headers.emplace_back("Cache-Control", "public, max-age=300");
  return site::with_etag(request, std::move(reply));
}

Reply not_stored(Reply reply) {
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

/// The read that a ticket leads to; nothing, and `reply` filled, when it leads nowhere.
template <class Look>
asio::awaitable<std::optional<typename std::invoke_result_t<Look&, storage::Snapshot&>::value_type>> look_up(
    const Services& services, const storage::Digest& ticket, Look look, Reply& reply) {
  constexpr std::uint8_t lanes = 16;  // so many look-ups at once
  storage::Digest lane{};
  lane[0] = ticket[0] % lanes;
  callback::Lines::Turn turn(services.look_ups, lane);
  co_await turn.come();
  auto found = co_await services.store.read(std::move(look));
  if (!found) {
    reply = site::store_trouble(found.error());
    co_return std::nullopt;
  }
  if (!*found) {
    services.metrics.live_guesses.add();
    const bool few = services.guesses.admit(std::chrono::steady_clock::now());
    if (!few) services.metrics.live_too_fast.add();
    reply = few ? not_there() : too_many("too many requests with tickets that there are not");
  }
  co_return std::move(*found);
}

asio::awaitable<Reply> status_reply(const Services& services, storage::Digest ticket) {
  Reply reply;
  auto look = [ticket](storage::Snapshot& snapshot) { return show(snapshot, ticket); };
  const auto shown = co_await look_up(services, ticket, std::move(look), reply);
  if (shown) reply = site::json_reply(200, status_object(*shown));
  co_return not_stored(std::move(reply));
}

asio::awaitable<Reply> picture_reply(const Services& services, storage::Digest ticket) {
  Reply reply;
  auto look = [ticket](storage::Snapshot& snapshot) { return show_picture(snapshot, ticket); };
  auto shown = co_await look_up(services, ticket, std::move(look), reply);
  if (shown && shown->png.empty()) reply = not_there();
  if (shown && !shown->png.empty()) {
    reply.content_type = "image/png";
    reply.body = std::move(shown->png);
  }
  co_return not_stored(std::move(reply));
}

asio::awaitable<Reply> events_reply(const Services& services, storage::Digest ticket, const Request& request,
                                    site::StreamWriter& stream) {
  Reply reply;
  auto look = [ticket](storage::Snapshot& snapshot) { return show(snapshot, ticket); };
  auto shown = co_await look_up(services, ticket, std::move(look), reply);
  if (!shown) co_return not_stored(std::move(reply));
  const auto place = services.streams.take({ticket.begin(), ticket.end()});
  if (!place) co_return not_stored(too_many("too many streams are open with this ticket"));
  Reply head = site::stream_head();
  add_headers(head, request, services.settings);
  co_return co_await stream_ticket(services, ticket, std::move(*shown), std::move(head), stream);
}

asio::awaitable<Reply> ticket_reply(const Services& services, const Request& request, Target target,
                                    site::StreamWriter& stream) {
  if (!is_ticket(target.name)) co_return not_stored(not_there());
  const auto ticket = services.store.digest(storage::SecretKind::ticket, target.name);
  auto carried_out = target.kind == Kind::status    ? status_reply(services, ticket)
                     : target.kind == Kind::picture ? picture_reply(services, ticket)
                                                    : events_reply(services, ticket, request, stream);
  co_return co_await std::move(carried_out);
}

std::optional<Reply> refuse_method(const Request& request, Kind kind) {
  const bool streams = kind == Kind::events;
  if (request.method == "GET" || (request.method == "HEAD" && !streams)) return std::nullopt;
  const std::string_view methods = streams ? "GET" : status_methods;
  Reply reply = site::problem(405, "this page has " + std::string(methods));
  reply.headers.emplace_back("Allow", std::string(methods));
  return reply;
}

}  // namespace

Kind kind_of(std::string_view path, const Settings& settings) { return target_of(path, settings).kind; }

bool is_stream(const Request& request, const Settings& settings) {
  return request.method == "GET" && kind_of(request.path, settings) == Kind::events;
}

asio::awaitable<Reply> handle(const Services& services, const Request& request, site::StreamWriter& stream) {
  const Settings& settings = services.settings;
  const Target target = target_of(request.path, settings);
  Reply reply;
  if (target.kind == Kind::other) {
    reply = not_there();
  } else if (request.method == "OPTIONS" && is_allowed_origin(request, settings)) {
    reply = preflight();
  } else if (auto refusal = refuse_method(request, target.kind)) {
    reply = std::move(*refusal);
  } else if (target.kind == Kind::asset) {
    reply = asset_reply(request, target.name);
  } else {
    reply = co_await ticket_reply(services, request, target, stream);
  }
  if (!reply.streamed) add_headers(reply, request, settings);
  co_return reply;
}

}  // namespace nopassd::handlers::live
