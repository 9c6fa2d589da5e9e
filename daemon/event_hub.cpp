#include "daemon/event_hub.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <optional>

namespace nopassd::daemon {

namespace asio = boost::asio;

namespace {
constexpr std::size_t most_live_events = 256;
constexpr auto answering_lasts = std::chrono::minutes(1);
}  // namespace

class EventHub::Waiter : public std::enable_shared_from_this<EventHub::Waiter> {
 public:
  explicit Waiter(handlers::Interest interest) : interest_(std::move(interest)) {}

  const handlers::Interest& interest() const { return interest_; }

  bool wants(const std::string& type) const {
    return interest_.types.empty() ||
           std::find(interest_.types.begin(), interest_.types.end(), type) != interest_.types.end();
  }

  void tell(const storage::LiveEvent* live) {
    const std::lock_guard lock(mutex_);
    if (live != nullptr && interest_.live) {
      if (live_.size() == most_live_events) live_.pop_front();
      live_.push_back(*live);
    }
    if (!std::exchange(pending_, true)) wake();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(stopping_, true)) wake();
  }

  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  /// Whether wait() is over already; otherwise the timer that tell() cancels is in place.
  std::optional<bool> begin_wait(const asio::any_io_executor& executor, handlers::Subscription::Deadline deadline) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(pending_, false)) return true;
    if (stopping_) return false;
    timer_.emplace(executor, deadline);
    return std::nullopt;
  }

  asio::steady_timer& timer() { return *timer_; }

  bool end_wait() {
    const std::lock_guard lock(mutex_);
    timer_.reset();
    return std::exchange(pending_, false);
  }

  std::vector<storage::LiveEvent> take_live() {
    const std::lock_guard lock(mutex_);
    std::vector<storage::LiveEvent> taken(std::make_move_iterator(live_.begin()), std::make_move_iterator(live_.end()));
    live_.clear();
    return taken;
  }

 private:
  // The timer belongs to the waiting coroutine's thread, so the cancel is posted there: it runs after the coroutine
  // has suspended, and finds no timer when the wait is over.
  void wake() {
    if (!timer_) return;
    auto cancel = [self = shared_from_this()]() {
      const std::lock_guard lock(self->mutex_);
      if (self->timer_) self->timer_->cancel();
    };
    asio::post(timer_->get_executor(), std::move(cancel));
  }

  const handlers::Interest interest_;
  mutable std::mutex mutex_;
  std::optional<asio::steady_timer> timer_;
  std::deque<storage::LiveEvent> live_;
  bool pending_ = false;
  bool stopping_ = false;
};

class HubSubscription : public handlers::Subscription {
 public:
  HubSubscription(EventHub& hub, std::shared_ptr<EventHub::Waiter> waiter) : hub_(hub), waiter_(std::move(waiter)) {}
  ~HubSubscription() override { hub_.leave(waiter_); }

  asio::awaitable<bool> wait(Deadline deadline) override {
    const auto executor = co_await asio::this_coro::executor;
    const auto waiter = waiter_;
    constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
    // A cancel that was posted for an earlier wait can end this one early: look again until something holds.
    while (true) {
      if (const auto over = waiter->begin_wait(executor, deadline)) co_return *over;
      co_await waiter->timer().async_wait(quietly);
      if (waiter->end_wait()) co_return true;
      if (std::chrono::steady_clock::now() >= deadline) co_return false;
    }
  }

  std::vector<storage::LiveEvent> take_live() override { return waiter_->take_live(); }
  bool stopping() const override { return waiter_->stopping(); }

 private:
  EventHub& hub_;
  std::shared_ptr<EventHub::Waiter> waiter_;
};

EventHub::~EventHub() = default;

std::unique_ptr<handlers::Subscription> EventHub::subscribe(handlers::Interest interest) {
  auto waiter = std::make_shared<Waiter>(std::move(interest));
  const std::lock_guard lock(mutex_);
  if (waiter->interest().subject.empty()) {
    general_.insert(waiter);
  } else {
    by_subject_.emplace(waiter->interest().subject, waiter);
  }
  if (waiter->interest().answers) ++answering_;
  if (stopping_) waiter->stop();
  return std::make_unique<HubSubscription>(*this, std::move(waiter));
}

void EventHub::leave(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  general_.erase(waiter);
  const auto [first, last] = by_subject_.equal_range(waiter->interest().subject);
  const auto mine = std::find_if(first, last, [&waiter](const auto& entry) { return entry.second == waiter; });
  if (mine != last) by_subject_.erase(mine);
  if (waiter->interest().answers) {
    --answering_;
    if (waiter->interest().lingers) answered_until_ = std::chrono::steady_clock::now() + answering_lasts;
  }
}

bool EventHub::anybody_answers() const {
  const std::lock_guard lock(mutex_);
  return answering_ > 0 || std::chrono::steady_clock::now() < answered_until_;
}

void EventHub::offer(const std::string& type, const std::string& subject, const storage::LiveEvent* live) {
  for (const auto& waiter : general_) {
    if ((live == nullptr || waiter->interest().live) && waiter->wants(type)) waiter->tell(live);
  }
  const auto [first, last] = by_subject_.equal_range(subject);
  for (auto entry = first; entry != last; ++entry) {
    if (entry->second->wants(type)) entry->second->tell(live);
  }
}

void EventHub::committed(const storage::CommitNotice& notice) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : notice.events) offer(event.type, event.subject, nullptr);
  for (const auto& live : notice.live) offer(live.type, live.subject, &live);
}

void EventHub::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& waiter : general_) waiter->stop();
  for (const auto& [subject, waiter] : by_subject_) waiter->stop();
}

}  // namespace nopassd::daemon
