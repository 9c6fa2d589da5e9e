#include "handlers/callback/lines.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>

namespace nopassd::handlers::callback {

namespace asio = boost::asio;

/// Guarded by Lines::mutex_, but for the wait on the timer, which is its coroutine's.
struct Lines::Waiter {
  bool first = false;
  std::optional<asio::steady_timer> timer;
};

Lines::Turn::Turn(Lines& lines, const storage::Digest& key)
    : lines_(lines), key_(key), waiter_(std::make_shared<Waiter>()) {
  const std::lock_guard lock(lines_.mutex_);
  auto& line = lines_.lines_[key_];
  waiter_->first = line.empty();
  line.push_back(waiter_);
}

Lines::Turn::~Turn() {
  const std::lock_guard lock(lines_.mutex_);
  const auto found = lines_.lines_.find(key_);
  auto& line = found->second;
  line.erase(std::find(line.begin(), line.end(), waiter_));
  if (line.empty()) {
    lines_.lines_.erase(found);
    return;
  }
  auto next = line.front();
  if (next->first) return;
  next->first = true;
  if (!next->timer) return;
  const auto executor = next->timer->get_executor();
  // On the waiting coroutine's thread, and so after it has suspended.
  auto wake = [next = std::move(next)]() { next->timer->cancel(); };
  asio::post(executor, std::move(wake));
}

bool Lines::Turn::has_come() const {
  const std::lock_guard lock(lines_.mutex_);
  return waiter_->first;
}

asio::awaitable<void> Lines::Turn::come() {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  const auto executor = co_await asio::this_coro::executor;
  const auto waiter = waiter_;
  {
    const std::lock_guard lock(lines_.mutex_);
    if (waiter->first) co_return;
    waiter->timer.emplace(executor, asio::steady_timer::time_point::max());
  }
  co_await waiter->timer->async_wait(quietly);
}

}  // namespace nopassd::handlers::callback
