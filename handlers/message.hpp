#pragma once
// A request and a reply as handlers see them: no sockets, no HTTP library.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nopassd::handlers {

/// Views into what the connection holds; valid until the handler's coroutine ends. An absent header is empty.
struct Request {
  std::string_view method;
  std::string_view path;   // below any path_prefix, without the query, as sent (not percent-decoded)
  std::string_view query;  // without the '?', as sent
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept;
  std::string_view authorization;
  std::string_view if_none_match;
  std::string_view last_event_id;
  std::string_view origin;
  std::string_view body;
  std::string_view caller;      // the caller's address, as text
  std::string_view request_id;  // for the log and the X-Request-Id header
  bool forwarded = false;       // has Origin, Forwarded, Via or X-Forwarded-*
};

struct Reply {
  unsigned status = 200;
  std::string content_type;  // empty: no Content-Type header
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // e.g. Allow, Retry-After, ETag
  std::string log_note;                                      // for the log alone: what happened, without secrets
  std::string principal;                                     // likewise: who asked; empty where nobody looked
  int endpoint = -1;                                         // row of site::endpoints() that answered; -1: none of them
  bool streamed = false;  // the handler has already written everything through its StreamWriter
};

}  // namespace nopassd::handlers
