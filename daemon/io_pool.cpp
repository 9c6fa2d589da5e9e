#include "daemon/io_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

namespace nopassd::daemon {

unsigned default_io_threads() { return std::clamp(std::thread::hardware_concurrency() / 2, 1U, 8U); }

IoPool::IoPool(unsigned threads, std::function<void(std::string_view)> on_fault) : on_fault_(std::move(on_fault)) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) {
    contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    guards_.push_back(boost::asio::make_work_guard(*contexts_.back()));
  }
}

IoPool::~IoPool() {
  guards_.clear();
  // Coroutines that never ended are destroyed here; they may hold sockets of another context, so all stay until then.
  for (auto& context : contexts_) context.reset();
}

boost::asio::io_context& IoPool::next() { return *contexts_[turn_.fetch_add(1) % contexts_.size()]; }

void IoPool::run() {
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < contexts_.size(); ++i) {
    threads.emplace_back([this, i]() { turn(*contexts_[i]); });
  }
  turn(*contexts_.front());
}

// Beast's own steps can throw on what a peer sent (an oversized field, for one): that ends the connection it came from
// and nothing else.
void IoPool::turn(boost::asio::io_context& context) {
  while (true) {
    try {
      context.run();
      return;
    } catch (const std::exception& fault) {
      on_fault_(fault.what());
    }
  }
}

boost::asio::awaitable<void> IoPool::turn_all() {
  for (const auto& context : contexts_) {
    auto turned = []() -> boost::asio::awaitable<void> { co_return; };
    co_await boost::asio::co_spawn(*context, turned, boost::asio::use_awaitable);
  }
}

void IoPool::stop() {
  for (auto& context : contexts_) context->stop();
}

}  // namespace nopassd::daemon
