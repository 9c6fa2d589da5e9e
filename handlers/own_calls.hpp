#pragma once
// Calls to NoPass that are under way: what they will tell, a callback may know already. callbacks.md, "Late knowledge".
#include "handlers/figures.hpp"

namespace nopassd::handlers {

/// Thread-safe. Outlives the calls.
class OwnCalls {
 public:
  /// Held from before the call is sent until what it told is committed, or it is known that it told nothing.
  [[nodiscard]] Counted begin() { return Counted(under_way_); }
  bool under_way() const { return under_way_.value() > 0; }

 private:
  Gauge under_way_;
};

}  // namespace nopassd::handlers
