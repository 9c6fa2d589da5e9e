#pragma once
// The store: transactions through one writer with group commit, reads beside it. Thread-safe.
#include "storage/errors.hpp"
#include "storage/lane.hpp"
#include "storage/transaction.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/result.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace nopassd::storage {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::result;

class Store {
 public:
  virtual ~Store() = default;

  /// Runs `work(Transaction&)` on the writer thread and resumes the caller on its own executor once it is on disk.
  /// `work` may run more than once and has no effect outside its Transaction. When it returns something with
  /// `has_error()` that says true, its changes (and nobody else's) are rolled back and the value is still handed back.
  /// An error_code of errc means that nothing was changed. Cancellation does not interrupt it.
  template <class Work>
  auto transact(Work work, Commit commit = Commit::grouped, Lane lane = Lane::site)
      -> asio::awaitable<result<std::invoke_result_t<Work&, Transaction&>>>;

  /// Runs `work(Snapshot&)` on a reader thread; never waits for the writer.
  template <class Work>
  auto read(Work work, Lane lane = Lane::site) -> asio::awaitable<result<std::invoke_result_t<Work&, Snapshot&>>>;

  /// The portal as of the last commit, without asking the database.
  virtual std::shared_ptr<const Portal> portal_view() const = 0;
  /// The clock that transactions see.
  virtual TimePoint now() const = 0;
  /// A digest under this store's own key.
  virtual Digest digest(SecretKind kind, std::string_view secret) const = 0;
  virtual StoreFigures figures() const = 0;

 protected:
  using Done = std::function<void(error_code)>;
  /// `run` returns false to have its changes rolled back.
  virtual void submit_write(std::function<bool(Transaction&)> run, Terms terms, Done done) = 0;
  virtual void submit_read(std::function<void(Snapshot&)> run, Lane lane, Done done) = 0;

 private:
  struct Completion {  // not an error_code, which use_awaitable would throw
    error_code code;
  };
  template <class Submit>
  static asio::awaitable<error_code> wait_for(Submit submit);
};

template <class Submit>
asio::awaitable<error_code> Store::wait_for(Submit submit) {
  auto initiate = [&submit](auto handler) {
    auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
    auto waiting =
        std::make_shared<std::pair<decltype(guard), decltype(handler)>>(std::move(guard), std::move(handler));
    // Moved on, not copied: the store's thread keeps nothing of an executor whose context may end with the caller.
    submit([waiting = std::move(waiting)](error_code code) mutable {
      const auto executor = waiting->first.get_executor();
      asio::post(executor, [waiting = std::move(waiting), code]() { waiting->second(Completion{code}); });
    });
  };
  Completion done =
      co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Completion)>(initiate, asio::use_awaitable);
  co_return done.code;
}

template <class Work>
auto Store::transact(Work work, Commit commit, Lane lane)
    -> asio::awaitable<result<std::invoke_result_t<Work&, Transaction&>>> {
  using Value = std::invoke_result_t<Work&, Transaction&>;
  struct State {
    Work work;
    std::optional<Value> value;
  };
  auto state = std::make_shared<State>(State{std::move(work), std::nullopt});
  auto run = [state](Transaction& transaction) {
    state->value.reset();
    state->value.emplace(state->work(transaction));
    if constexpr (requires { state->value->has_error(); }) return !state->value->has_error();
    return true;
  };
  auto submit = [this, run, terms = Terms{commit, lane}](Done done) { submit_write(run, terms, std::move(done)); };
  const error_code code = co_await wait_for(submit);
  // In place: the conversions of result<bool> are ambiguous.
  if (code) co_return result<Value>(boost::system::in_place_error, code);
  co_return result<Value>(boost::system::in_place_value, std::move(*state->value));
}

template <class Work>
auto Store::read(Work work, Lane lane) -> asio::awaitable<result<std::invoke_result_t<Work&, Snapshot&>>> {
  using Value = std::invoke_result_t<Work&, Snapshot&>;
  struct State {
    Work work;
    std::optional<Value> value;
  };
  auto state = std::make_shared<State>(State{std::move(work), std::nullopt});
  auto run = [state](Snapshot& snapshot) { state->value.emplace(state->work(snapshot)); };
  auto submit = [this, run, lane](Done done) { submit_read(run, lane, std::move(done)); };
  const error_code code = co_await wait_for(submit);
  // In place: the conversions of result<bool> are ambiguous.
  if (code) co_return result<Value>(boost::system::in_place_error, code);
  co_return result<Value>(boost::system::in_place_value, std::move(*state->value));
}

}  // namespace nopassd::storage
