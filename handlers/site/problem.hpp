#pragma once
// Refusals: application/problem+json (RFC 9457) with one entry in `errors` for each fault (JSON:API).
#include "handlers/message.hpp"
#include "handlers/site/site.hpp"
#include "storage/store.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::handlers::site {

/// One thing that is wrong with a request. `pointer` is a JSON pointer into the body, or "/name" of a query parameter
/// or header.
struct Fault {
  enum class Place { body, parameter, header };
  Place place = Place::body;
  std::string pointer;
  std::string detail;
};

/// What was found wrong so far; beyond `most` faults the rest is not listed, so that a reply stays small.
class Faults {
 public:
  static constexpr std::size_t most = 100;

  Faults() = default;
  /// `under` goes before every pointer into the body.
  explicit Faults(std::string under) : under_(std::move(under)) {}

  void body(std::string pointer, std::string detail) { add({Fault::Place::body, under_ + pointer, std::move(detail)}); }
  void parameter(std::string_view name, std::string detail);
  void header(std::string_view name, std::string detail);
  bool empty() const { return found_.empty(); }
  const std::vector<Fault>& found() const { return found_; }

 private:
  void add(Fault fault) {
    if (found_.size() < most) found_.push_back(std::move(fault));
  }
  std::string under_;
  std::vector<Fault> found_;
};

/// "/" and the name, escaped as RFC 6901 says and cut after 64 code points.
std::string pointer_to(std::string_view name);

/// 422 with all faults.
Reply refuse(const Faults& faults);

/// 503 with Retry-After, or 500 for a defect of the program.
Reply store_trouble(storage::error_code code);

/// With one entry for each of what is wrong outside of the request; the first Faults::most of them.
Reply problem_list(unsigned status, std::string_view detail, const std::vector<std::string>& errors);

/// problem() of site.hpp with more members, e.g. the oldest cursor.
Reply problem_with(unsigned status, std::string_view detail, const boost::json::object& more);

/// A refusal that a transaction's work hands back; it rolls the work back.
struct Refused {
  unsigned status = 0;
  std::string detail;
  std::string note = {};     // for the log alone
  unsigned retry_after = 0;  // seconds; 0: not said
};

Reply refuse(const Refused& refused);

template <class Value>
class Outcome {
 public:
  Outcome(Value value) : value_(std::move(value)) {}          // NOLINT: a work returns either
  Outcome(Refused refused) : refused_(std::move(refused)) {}  // NOLINT
  bool has_error() const { return !value_; }
  const Refused& refused() const { return refused_; }
  Value& operator*() { return *value_; }
  Value* operator->() { return &*value_; }

 private:
  std::optional<Value> value_;
  Refused refused_;
};

/// The reply when a transaction or read did not succeed; empty when it did.
template <class Value>
std::optional<Reply> failure(const storage::result<Outcome<Value>>& done) {
  if (!done) return store_trouble(done.error());
  if (done->has_error()) return refuse(done->refused());
  return std::nullopt;
}

}  // namespace nopassd::handlers::site
