#include "tests/handlers/site/fake_notifications.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace nopassd::testing {

namespace asio = boost::asio;

namespace {

bool wants(const handlers::Interest& interest, const std::string& type, const std::string& subject) {
  const auto& types = interest.types;
  const bool type_fits = types.empty() || std::find(types.begin(), types.end(), type) != types.end();
  return type_fits && (interest.subject.empty() || interest.subject == subject);
}

}  // namespace

class FakeSubscription : public handlers::Subscription {
 public:
  FakeSubscription(FakeNotifications& owner, std::shared_ptr<FakeNotifications::Seat> seat)
      : owner_(owner), seat_(std::move(seat)) {}
  ~FakeSubscription() override {
    const std::lock_guard lock(owner_.mutex_);
    std::erase(owner_.seats_, seat_);
  }

  asio::awaitable<bool> wait(Deadline deadline) override {
    const auto executor = co_await asio::this_coro::executor;
    while (true) {
      if (const auto over = begin(executor, deadline)) co_return *over;
      co_await seat_->timer->async_wait(asio::as_tuple(asio::use_awaitable));
      if (const auto over = end(deadline)) co_return *over;
    }
  }

  std::vector<storage::LiveEvent> take_live() override {
    const std::lock_guard lock(owner_.mutex_);
    return std::exchange(seat_->live, {});
  }

  bool stopping() const override {
    const std::lock_guard lock(owner_.mutex_);
    return owner_.stopping_;
  }

 private:
  std::optional<bool> begin(const asio::any_io_executor& executor, Deadline deadline) {
    const std::lock_guard lock(owner_.mutex_);
    owner_.last_wait_ = deadline - std::chrono::steady_clock::now();
    if (std::exchange(seat_->pending, false)) return true;
    if (owner_.stopping_) return false;
    seat_->timer.emplace(executor, deadline);
    return std::nullopt;
  }

  // A cancel that was posted for an earlier wait may end this one: then it goes on.
  std::optional<bool> end(Deadline deadline) {
    const std::lock_guard lock(owner_.mutex_);
    seat_->timer.reset();
    if (std::exchange(seat_->pending, false)) return true;
    if (std::exchange(seat_->over, false) || owner_.stopping_) return false;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    return std::nullopt;
  }

  FakeNotifications& owner_;
  std::shared_ptr<FakeNotifications::Seat> seat_;
};

std::unique_ptr<handlers::Subscription> FakeNotifications::subscribe(handlers::Interest interest) {
  auto seat = std::make_shared<Seat>();
  seat->interest = interest;
  const std::lock_guard lock(mutex_);
  interests_.push_back(std::move(interest));
  seats_.push_back(seat);
  return std::make_unique<FakeSubscription>(*this, std::move(seat));
}

void FakeNotifications::wake(const std::shared_ptr<Seat>& seat, FakeNotifications& owner) {
  if (!seat->timer) return;
  asio::post(seat->timer->get_executor(), [seat, &owner] {
    const std::lock_guard lock(owner.mutex_);
    if (seat->timer) seat->timer->cancel();
  });
}

void FakeNotifications::committed(const storage::CommitNotice& notice) {
  const std::lock_guard lock(mutex_);
  for (const auto& seat : seats_) {
    bool told = false;
    for (const auto& event : notice.events) told = told || wants(seat->interest, event.type, event.subject);
    for (const auto& event : notice.live) {
      if (!seat->interest.live || !wants(seat->interest, event.type, event.subject)) continue;
      seat->live.push_back(event);
      told = true;
    }
    if (!told) continue;
    seat->pending = true;
    wake(seat, *this);
  }
}

void FakeNotifications::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& seat : seats_) wake(seat, *this);
}

void FakeNotifications::end_waits() {
  const std::lock_guard lock(mutex_);
  for (const auto& seat : seats_) {
    if (!seat->timer) continue;
    seat->over = true;
    wake(seat, *this);
  }
}

std::size_t FakeNotifications::waiting() const {
  const std::lock_guard lock(mutex_);
  const auto waits = [](const auto& seat) { return seat->timer.has_value(); };
  return static_cast<std::size_t>(std::count_if(seats_.begin(), seats_.end(), waits));
}

std::size_t FakeNotifications::subscribed() const {
  const std::lock_guard lock(mutex_);
  return seats_.size();
}

std::vector<handlers::Interest> FakeNotifications::interests() const {
  const std::lock_guard lock(mutex_);
  return interests_;
}

std::chrono::steady_clock::duration FakeNotifications::last_wait() const {
  const std::lock_guard lock(mutex_);
  return last_wait_;
}

}  // namespace nopassd::testing
