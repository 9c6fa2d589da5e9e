#pragma once
// Takes what a handler streams. The test reads it, and hangs up.
#include "handlers/site/site.hpp"

#include <optional>
#include <string>

namespace nopassd::testing {

class FakeStream : public handlers::site::StreamWriter {
 public:
  boost::asio::awaitable<bool> start(const handlers::Reply& reply) override {
    head = reply;
    co_return open;
  }
  boost::asio::awaitable<bool> write(std::string_view chunk) override {
    if (open) text += chunk;
    co_return open;
  }

  std::optional<handlers::Reply> head;
  std::string text;
  bool open = true;
};

}  // namespace nopassd::testing
