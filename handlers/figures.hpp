#pragma once
// Counters, gauges and histograms that any thread may move at any time: relaxed atomics, no locks, no memory.
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace nopassd::handlers {

class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t more) { value_.fetch_add(more, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Counts one on a gauge for as long as it lives.
class Counted {
 public:
  explicit Counted(Gauge& gauge) : gauge_(gauge) { gauge_.add(1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { gauge_.add(-1); }

 private:
  Gauge& gauge_;
};

/// Whole numbers in buckets: bucket i counts what is at most `bounds[i]` and above the bound before it, the last one
/// what is above all of them.
template <std::size_t N>
class Histogram {
 public:
  using Bounds = std::array<std::uint64_t, N>;  // ascending

  explicit constexpr Histogram(const Bounds& bounds) : bounds_(bounds) {}

  void observe(std::uint64_t value) {
    std::size_t bucket = 0;
    while (bucket < N && value > bounds_[bucket]) ++bucket;
    buckets_[bucket].add();
    sum_.add(value);
  }

  const Bounds& bounds() const { return bounds_; }
  std::uint64_t bucket(std::size_t index) const { return buckets_[index].value(); }
  std::uint64_t sum() const { return sum_.value(); }
  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const auto& bucket : buckets_) all += bucket.value();
    return all;
  }

 private:
  const Bounds& bounds_;
  std::array<Counter, N + 1> buckets_;
  Counter sum_;
};

/// In nanoseconds: from 250 µs to 10 s.
inline constexpr std::array<std::uint64_t, 15> time_bounds = {
    250'000,     500'000,     1'000'000,   2'500'000,     5'000'000,     10'000'000,    25'000'000,    50'000'000,
    100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

struct Times : Histogram<time_bounds.size()> {
  Times() : Histogram(time_bounds) {}
  void observe(std::chrono::nanoseconds took) {
    Histogram::observe(took.count() < 0 ? 0 : static_cast<std::uint64_t>(took.count()));
  }
};

inline constexpr std::array<std::uint64_t, 9> size_bounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};

struct Sizes : Histogram<size_bounds.size()> {
  Sizes() : Histogram(size_bounds) {}
};

}  // namespace nopassd::handlers
