#pragma once
// The beginning of a stream of Server-Sent Events, for the site and for browsers.
#include "handlers/message.hpp"

namespace nopassd::handlers::site {

inline Reply stream_head() {
  Reply head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("Cache-Control", "no-store");
  head.headers.emplace_back("X-Accel-Buffering", "no");
  return head;
}

}  // namespace nopassd::handlers::site
