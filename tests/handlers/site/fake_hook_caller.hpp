#pragma once
// A site's side of hooks for tests: what it was sent, and what it answers next. On one thread.
#include "handlers/hook_caller.hpp"

#include <deque>
#include <functional>
#include <string_view>
#include <vector>

namespace nopassd::testing {

class FakeHookCaller : public handlers::HookCaller {
 public:
  boost::asio::awaitable<handlers::HookReply> post(handlers::HookRequest request) override {
    sent.push_back(std::move(request));
    if (meanwhile) meanwhile();
    handlers::HookReply reply;
    reply.status = 200;
    if (!replies.empty()) {
      reply = std::move(replies.front());
      replies.pop_front();
    }
    co_return reply;
  }
  std::string objection(const std::string& url) const override { return url == objectionable ? "is our own" : ""; }

  void answer(unsigned status, std::string body = "", std::string detail = "") {
    replies.push_back({status, std::move(body), std::move(detail), storage::Milliseconds(7)});
  }
  std::string header(std::size_t call, std::string_view name) const {
    for (const auto& [key, value] : sent.at(call).headers) {
      if (key == name) return value;
    }
    return {};
  }

  std::vector<handlers::HookRequest> sent;
  std::deque<handlers::HookReply> replies;  // 200 when there is none
  std::string objectionable;
  std::function<void()> meanwhile;  // happens while a call is under way
};

}  // namespace nopassd::testing
