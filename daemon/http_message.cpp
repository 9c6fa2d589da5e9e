#include "daemon/http_message.hpp"

#include <boost/url/parse.hpp>

#include <array>
#include <ctime>

namespace nopassd::daemon {

namespace {

/// The path and query of a request target: origin-form as it is, absolute-form without scheme and authority.
std::pair<std::string_view, std::string_view> split_target(std::string_view target) {
  if (!target.starts_with('/')) {
    const auto parsed = boost::urls::parse_absolute_uri(target);
    if (!parsed || !parsed->has_authority()) return {};
    const auto path = target.find('/', target.find("//") + 2);
    if (path == std::string_view::npos) return {};
    target.remove_prefix(path);
  }
  const auto question = target.find('?');
  if (question == std::string_view::npos) return {target, {}};
  return {target.substr(0, question), target.substr(question + 1)};
}

/// An empty header is not the same as none.
std::string_view credentials_in(std::string_view value) { return value.empty() ? "empty" : value; }

/// A header that Beast has no name for.
void take_unlisted(HttpHead& head, std::string_view name, std::string_view value) {
  if (boost::beast::iequals(name, "x-forwarded-for")) head.forwarded_for.push_back(value);
  if (boost::beast::iequals(name, "last-event-id")) head.request.last_event_id = value;
  if (boost::beast::iequals(name.substr(0, 12), "x-forwarded-")) head.request.forwarded = true;
}

}  // namespace

HttpHead view_of(const http::request_header<>& header) {
  HttpHead head;
  auto& request = head.request;
  request.method = header.method_string();
  std::tie(request.path, request.query) = split_target(header.target());
  for (const auto& field : header) {
    const std::string_view value = field.value();
    switch (field.name()) {
      case http::field::content_type:
        // Two of them are two opinions: neither is JSON.
        request.content_type = request.content_type.empty() ? value : "given twice";
        break;
      case http::field::content_encoding:
        request.content_encoding = value;
        break;
      case http::field::accept:
        request.accept = value;
        break;
      case http::field::authorization:
        // Two of them could be read as two people.
        request.authorization = request.authorization.empty() ? credentials_in(value) : "given twice";
        break;
      case http::field::if_none_match:
        request.if_none_match = value;
        break;
      case http::field::origin:
        request.origin = value;
        request.forwarded = true;
        break;
      case http::field::forwarded:
      case http::field::via:
        request.forwarded = true;
        break;
      default:
        take_unlisted(head, field.name_string(), value);
    }
  }
  return head;
}

std::string_view fault_of(const http::request_header<>& header) {
  if (header.version() >= 11 && header.count(http::field::host) != 1) {
    return "an HTTP/1.1 request has exactly one Host header";
  }
  // What two readers could understand differently is refused.
  if (header.count(http::field::content_length) > 1) return "Content-Length is given more than once";
  if (header.count(http::field::transfer_encoding) == 0) return {};
  if (header.count(http::field::content_length) > 0) return "Content-Length and Transfer-Encoding exclude each other";
  // Beast takes any other coding for "no body", and the body for the next request (RFC 9112, section 6.3).
  if (header.version() < 11 || header.count(http::field::transfer_encoding) > 1 ||
      !boost::beast::iequals(header[http::field::transfer_encoding], "chunked")) {
    return "the only Transfer-Encoding that is understood is chunked";
  }
  return {};
}

std::string http_date() {
  thread_local std::time_t shown = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != shown) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 40> line{};
    const auto length = std::strftime(line.data(), line.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    text.assign(line.data(), length);
    shown = now;
  }
  return text;
}

}  // namespace nopassd::daemon
