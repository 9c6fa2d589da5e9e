#pragma once
// Coroutines run by the test's own thread.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace nopassd::testing {

/// Runs `work` on `io` in this thread until it is done, however much else is pending there; hands back its value or
/// throws what it threw. The value must be default-constructible, as co_spawn wants.
template <class Value>
Value run_on(boost::asio::io_context& io, boost::asio::awaitable<Value> work) {
  std::exception_ptr failure;
  std::optional<Value> value;
  bool done = false;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown, Value result) {
    failure = std::move(thrown);
    value.emplace(std::move(result));
    done = true;
  });
  io.restart();
  while (!done && io.run_one() != 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::logic_error("the coroutine never finished");
  return std::move(*value);
}

inline void run_on(boost::asio::io_context& io, boost::asio::awaitable<void> work) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown) {
    failure = std::move(thrown);
    done = true;
  });
  io.restart();
  while (!done && io.run_one() != 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::logic_error("the coroutine never finished");
}

}  // namespace nopassd::testing
