#pragma once
// A thread for work that blocks: files, the database's own functions, names of users.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace nopassd::daemon {

/// One piece of work at a time, in the order of the calls. Thread-safe. Destroyed before the contexts of its callers:
/// running work is told to stop and waited for; callers whose work is over or has not begun are not resumed.
class Background {
 public:
  Background() : pool_(1) {}
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background() {
    stop_.request_stop();
    pool_.stop();
    pool_.join();
  }

  /// Runs `work(const std::stop_token&)` and resumes the caller on its own executor with its value or exception.
  template <class Work>
  auto run(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, const std::stop_token&>> {
    auto job = carry_out(std::make_shared<Work>(std::move(work)), stop_.get_token());
    auto value = co_await boost::asio::co_spawn(pool_.get_executor(), std::move(job), boost::asio::use_awaitable);
    co_return std::move(*value);
  }

 private:
  /// In an optional: what co_spawn hands on must be default-constructible.
  template <class Work>
  static auto carry_out(std::shared_ptr<Work> work, std::stop_token stop)
      -> boost::asio::awaitable<std::optional<std::invoke_result_t<Work&, const std::stop_token&>>> {
    co_return (*work)(stop);
  }

  std::stop_source stop_;
  boost::asio::thread_pool pool_;
};

}  // namespace nopassd::daemon
