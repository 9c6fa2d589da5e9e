#pragma once
// Looks at everything that an operator should know of, for GET /v1/diagnosis.
#include "daemon/background.hpp"
#include "daemon/diagnosis_checks.hpp"
#include "daemon/in_force.hpp"
#include "handlers/metrics.hpp"
#include "storage/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace nopassd::daemon {

/// What it looks at; outlives it. Thread-safe.
struct Examined {
  const ConfigHolder& in_force;
  const handlers::Metrics& metrics;
  storage::Store& store;
};

/// Thread-safe.
class Diagnosis {
 public:
  static constexpr std::chrono::seconds soundness_patience{10};
  static constexpr std::chrono::seconds nopass_patience{3};

  /// Begins to compare the clocks.
  explicit Diagnosis(Examined examined);

  /// In the order of docs/operations.md. What takes long runs on a thread of its own.
  boost::asio::awaitable<std::vector<handlers::Check>> examine();

 private:
  struct OnDisk {
    handlers::Check soundness;
    handlers::Check space;
  };
  // Both on the thread of its own.
  OnDisk look_at_disk(const InForce& in_force, const std::stop_token& stop);
  /// The finding is kept for a second, for those who asked meanwhile.
  handlers::Check look_at_database(const std::string& path, const std::stop_token& stop);
  ClockFacts clock_facts() const;

  const Examined examined_;
  const Milliseconds offset_;  // of the wall clock to the monotonic one
  std::optional<handlers::Check> soundness_;
  std::chrono::steady_clock::time_point soundness_at_;
  Background background_;
};

}  // namespace nopassd::daemon
