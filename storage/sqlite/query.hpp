#pragma once
// A prepared statement in use: values go in and columns come out in the order in which they are named in the SQL.
#include "storage/secret.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/time.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace nopassd::storage {

/// The same text must not be in use twice at once on one connection. Throws as throw_database_error does.
class Query {
 public:
  Query(Connection& connection, std::string_view sql) : connection_(connection), statement_(connection.prepared(sql)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() { statement_.tryReset(); }

  Query& add(std::string_view text) {
    statement_.bind(++bound_, std::string(text));
    return *this;
  }
  template <std::integral Integer>
  Query& add(Integer value) {
    statement_.bind(++bound_, static_cast<std::int64_t>(value));
    return *this;
  }
  Query& add(TimePoint time) { return add(time.time_since_epoch().count()); }
  Query& add(const Digest& digest) {
    statement_.bind(++bound_, digest.data(), static_cast<int>(digest.size()));
    return *this;
  }
  template <class Value>
  Query& add(const std::optional<Value>& value) {
    if (value) return add(*value);
    ++bound_;  // what is not bound is NULL
    return *this;
  }
  /// The bytes must stay until the statement has run.
  Query& add_bytes(const void* bytes, std::size_t size) {
    statement_.bindNoCopy(++bound_, bytes, static_cast<int>(size));
    return *this;
  }

  /// Moves to the next row; false after the last.
  bool next();
  /// Runs a statement that has no rows, and returns how many it changed.
  std::size_t run();

  std::string text() { return statement_.getColumn(read_++).getString(); }
  std::int64_t number() { return statement_.getColumn(read_++).getInt64(); }
  bool flag() { return number() != 0; }
  TimePoint time() { return TimePoint{Milliseconds{number()}}; }
  Digest digest();
  bool null() { return statement_.getColumn(read_).isNull(); }
  std::optional<bool> optional_flag() { return skip_null() ? std::nullopt : std::optional(flag()); }
  std::optional<TimePoint> optional_time() { return skip_null() ? std::nullopt : std::optional(time()); }
  std::optional<Digest> optional_digest() { return skip_null() ? std::nullopt : std::optional(digest()); }

 private:
  bool skip_null() {
    if (!null()) return false;
    ++read_;
    return true;
  }

  Connection& connection_;
  SQLite::Statement& statement_;
  int bound_ = 0;
  int read_ = 0;
};

/// The record in the first row, if there is one. `read` is `Record(Query&)`.
template <class Read>
auto first_of(Query& query, Read read) -> std::optional<std::invoke_result_t<Read&, Query&>> {
  if (!query.next()) return std::nullopt;
  return read(query);
}

template <class Read>
auto all_of(Query& query, Read read) -> std::vector<std::invoke_result_t<Read&, Query&>> {
  std::vector<std::invoke_result_t<Read&, Query&>> records;
  while (query.next()) records.push_back(read(query));
  return records;
}

/// The state that a column names. Throws StoreFailure when the database holds something else.
template <class State>
State state_in(Query& query);

}  // namespace nopassd::storage
