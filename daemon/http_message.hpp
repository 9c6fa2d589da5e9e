#pragma once
// Between Beast's messages and those of the handlers.
#include "daemon/http_service.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace nopassd::daemon {

namespace http = boost::beast::http;

/// Views into `header`. The path is empty when the target is neither origin-form nor absolute-form.
HttpHead view_of(const http::request_header<>& header);

/// What is wrong with a header that Beast's parser let pass: empty when nothing is.
std::string_view fault_of(const http::request_header<>& header);

/// The current time for the Date header.
std::string http_date();

/// Status and header fields of `reply`, for any body type.
template <class Body>
http::response<Body> response_of(const handlers::Reply& reply, std::string_view request_id) {
  http::response<Body> response;
  response.result(reply.status);
  response.set(http::field::date, http_date());
  if (!reply.content_type.empty()) response.set(http::field::content_type, reply.content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (!request_id.empty()) response.set("X-Request-Id", request_id);
  for (const auto& [name, value] : reply.headers) response.set(name, value);
  return response;
}

}  // namespace nopassd::daemon
