#include "tools/nopass-sim/report.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace nopassd::sim {

void Report::say(std::string_view text) const {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

void Report::step(std::string_view who, std::string_view what, std::string_view answer) {
  ++steps_;
  finish();
  left_ = fmt::format("{:>3}  {:<6} {:<34} {}", steps_, who, what, answer);
}

void Report::come(std::string_view what) { flush_left(what); }

void Report::surprise(std::string_view what) {
  ++surprises_;
  finish();
  say(fmt::format("  !! {}", what));
}

void Report::flush_left(std::string_view right) {
  constexpr std::size_t column = 64;
  say(right.empty() ? left_ : fmt::format("{:<{}} | {}", left_, column, right));
  left_.clear();
}

void Report::finish() {
  if (!left_.empty()) flush_left("");
}

void Report::summary() const {
  say(fmt::format("walk: {} steps, {} events, {} surprises", steps_, events_, surprises_));
}

}  // namespace nopassd::sim
