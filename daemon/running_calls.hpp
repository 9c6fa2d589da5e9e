#pragma once
// The daemon's own calls that are under way, so that it can end them when it stops.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace nopassd::daemon {

/// One call; its members are used on its executor alone, which one thread runs.
struct RunningCall {
  explicit RunningCall(boost::asio::any_io_executor its_executor) : executor(std::move(its_executor)) {}

  const boost::asio::any_io_executor executor;
  bool cancelled = false;
  std::function<void()> cancel;  // what is under way now
};

/// Thread-safe. Outlives the calls.
class RunningCalls {
 public:
  /// A call's entry, for as long as it lives. A call that comes after the end is cancelled from its start.
  class Place {
   public:
    Place(RunningCalls& calls, std::shared_ptr<RunningCall> call) : calls_(calls), call_(std::move(call)) {
      const std::lock_guard lock(calls_.mutex_);
      calls_.running_.insert(call_);
      call_->cancelled = calls_.stopping_;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      call_->cancel = nullptr;
      const std::lock_guard lock(calls_.mutex_);
      calls_.running_.erase(call_);
    }

   private:
    RunningCalls& calls_;
    const std::shared_ptr<RunningCall> call_;
  };

  /// Ends every call, now and later.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& call : running_) {
      auto end = [call]() {
        call->cancelled = true;
        if (call->cancel) call->cancel();
      };
      boost::asio::post(call->executor, std::move(end));
    }
  }

 private:
  std::mutex mutex_;
  std::unordered_set<std::shared_ptr<RunningCall>> running_;
  bool stopping_ = false;
};

}  // namespace nopassd::daemon
