#include "handlers/site/replies.hpp"

#include "handlers/callback/ascii.hpp"
#include "storage/secret.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nopassd::handlers::site {

namespace json = boost::json;

namespace {

std::string etag_of(std::string_view body) {
  constexpr std::size_t bytes = 16;
  const storage::Digest digest = storage::sha256(body);
  std::string etag = "\"";
  for (std::size_t i = 0; i < bytes; ++i) etag += fmt::format("{:02x}", digest[i]);
  return etag + '"';
}

/// Takes what stands before the next `separator` off the front, without outer spaces.
std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return callback::trimmed(part);
}

bool has_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take_until(parameters, ';');
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
      return parameter.substr(2).find_first_of("123456789") != parameter.npos;
    }
  }
  return true;
}

}  // namespace

Reply json_reply(unsigned status, const json::object& body) {
  Reply reply;
  reply.status = status;
  reply.content_type = "application/json";
  reply.body = json::serialize(body);
  return reply;
}

Reply created(const json::object& body, std::string_view location) {
  Reply reply = json_reply(201, body);
  reply.headers.emplace_back("Cache-Control", "no-store");
  if (!location.empty()) reply.headers.emplace_back("Location", location);
  return reply;
}

Reply no_content() {
  Reply reply;
  reply.status = 204;
  return reply;
}

Reply with_etag(const Request& request, Reply reply) {
  std::string etag = etag_of(reply.body);
  if (names_etag(request.if_none_match, etag)) {
    reply.status = 304;
    reply.content_type.clear();
    reply.body.clear();
  }
  reply.headers.emplace_back("ETag", std::move(etag));
  return reply;
}

Reply resource(const Request& request, const json::object& body) { return with_etag(request, json_reply(200, body)); }

Reply list(json::array data, std::int64_t total, storage::PageRequest page) {
  json::object body;
  body["data"] = std::move(data);
  body["pagination"] = {{"total", total}, {"offset", page.offset}, {"limit", page.limit}};
  return json_reply(200, body);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view named = take_until(if_none_match, ',');
    if (named == "*") return true;
    if (named.starts_with("W/")) named.remove_prefix(2);
    if (named == etag) return true;
  }
  return false;
}

bool accepts(std::string_view accept, std::string_view media_type) {
  while (!accept.empty()) {
    std::string_view range = take_until(accept, ',');
    if (callback::same_word(take_until(range, ';'), media_type) && has_weight(range)) return true;
  }
  return false;
}

}  // namespace nopassd::handlers::site
