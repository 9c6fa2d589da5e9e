#pragma once
// The disorder that a network makes of callbacks: which are lost and sent again, which come twice, which come early.
#include "tools/nopass-sim/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace nopassd::sim {

/// Same seed, same decisions. Without a seed nothing is out of order. Not thread-safe.
class Chaos {
 public:
  struct Tally {
    int lost = 0, repeated = 0, early = 0;
  };

  explicit Chaos(std::optional<std::uint64_t> seed);

  bool on() const { return on_; }
  /// How the tries before the one that is answered get lost.
  std::vector<Loss> losses();
  /// How often the callback comes again after it was answered.
  int repeats();
  /// How long the callback overtakes the site's call that it depends on; nothing: it does not.
  std::optional<std::chrono::milliseconds> lead();
  const Tally& tally() const { return tally_; }

 private:
  unsigned below(unsigned bound);

  bool on_;
  std::mt19937_64 engine_;
  Tally tally_;
};

}  // namespace nopassd::sim
