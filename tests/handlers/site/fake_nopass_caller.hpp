#pragma once
// NoPass for tests: what it was asked, and what it answers next. On one thread.
#include "handlers/nopass_caller.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace nopassd::testing {

class FakeNopassCaller : public handlers::NopassCaller {
 public:
  boost::asio::awaitable<handlers::NopassReply> post(handlers::NopassRequest request) override {
    asked.push_back(std::move(request));
    if (meanwhile) meanwhile();
    handlers::NopassReply reply;
    reply.detail = "nobody there";
    if (!replies.empty()) {
      reply = std::move(replies.front());
      replies.pop_front();
    }
    co_return reply;
  }

  void answer(std::string body, unsigned status = 200) {
    replies.push_back({handlers::NopassReply::End::answered, status, std::move(body), {}, storage::Milliseconds(7)});
  }
  void fail(handlers::NopassReply::End end, std::string detail) {
    replies.push_back({end, 0, {}, std::move(detail), storage::Milliseconds(7)});
  }

  std::vector<handlers::NopassRequest> asked;
  std::deque<handlers::NopassReply> replies;  // unreachable when there is none
  std::function<void()> meanwhile;            // happens while a call is under way
};

}  // namespace nopassd::testing
