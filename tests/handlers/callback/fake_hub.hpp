#pragma once
// Notifications that the test rings by hand, all on one thread.
#include "handlers/notifications.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nopassd::testing {

class FakeHub : public handlers::Notifications {
 public:
  bool answering = true;

  std::unique_ptr<handlers::Subscription> subscribe(handlers::Interest interest) override {
    return std::make_unique<Listener>(*this, std::move(interest));
  }
  bool anybody_answers() const override { return answering; }

  /// How many coroutines wait now.
  std::size_t waiting() const {
    return static_cast<std::size_t>(
        std::count_if(listeners_.begin(), listeners_.end(), [](const Listener* one) { return one->waits(); }));
  }
  std::size_t subscribed() const { return listeners_.size(); }

  void ring(std::string_view type, std::string_view subject) {
    for (Listener* listener : listeners_) listener->hear(type, subject);
  }
  void ring(const std::vector<storage::CommitNotice>& notices) {
    for (const auto& notice : notices) {
      for (const auto& event : notice.events) ring(event.type, event.subject);
      for (const auto& event : notice.live) ring(event.type, event.subject);
    }
  }

 private:
  class Listener : public handlers::Subscription {
   public:
    Listener(FakeHub& hub, handlers::Interest interest) : hub_(hub), interest_(std::move(interest)) {
      hub_.listeners_.push_back(this);
    }
    ~Listener() override { std::erase(hub_.listeners_, this); }

    boost::asio::awaitable<bool> wait(Deadline deadline) override {
      if (std::exchange(heard_, false)) co_return true;
      timer_.emplace(co_await boost::asio::this_coro::executor, deadline);
      co_await timer_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      timer_.reset();
      co_return std::exchange(heard_, false);
    }
    std::vector<storage::LiveEvent> take_live() override { return {}; }
    bool stopping() const override { return false; }

    bool waits() const { return timer_.has_value(); }
    void hear(std::string_view type, std::string_view subject) {
      const auto& types = interest_.types;
      const bool wanted = types.empty() || std::find(types.begin(), types.end(), type) != types.end();
      if (!wanted || (!interest_.subject.empty() && interest_.subject != subject)) return;
      heard_ = true;
      if (timer_) timer_->cancel();
    }

   private:
    FakeHub& hub_;
    handlers::Interest interest_;
    bool heard_ = false;
    std::optional<boost::asio::steady_timer> timer_;
  };

  std::vector<Listener*> listeners_;
};

}  // namespace nopassd::testing
