#include "tools/nopass-sim/chaos.hpp"

namespace nopassd::sim {

Chaos::Chaos(std::optional<std::uint64_t> seed) : on_(seed.has_value()), engine_(seed.value_or(0)) {}

// Not std::uniform_int_distribution, whose numbers differ between standard libraries.
unsigned Chaos::below(unsigned bound) { return static_cast<unsigned>(engine_() % bound); }

std::vector<Loss> Chaos::losses() {
  std::vector<Loss> losses;
  if (!on_) return losses;
  const unsigned count = below(3);
  for (unsigned i = 0; i < count; ++i) losses.push_back(static_cast<Loss>(below(3)));
  tally_.lost += static_cast<int>(count);
  return losses;
}

int Chaos::repeats() {
  if (!on_) return 0;
  const int count = static_cast<int>(below(3));
  tally_.repeated += count;
  return count;
}

std::optional<std::chrono::milliseconds> Chaos::lead() {
  if (!on_ || below(4) == 0) return std::nullopt;
  ++tally_.early;
  return std::chrono::milliseconds(20 + below(280));
}

}  // namespace nopassd::sim
