#pragma once
// What the walk prints: each step as a line, callbacks on the left, what came of them on the right.
#include <string>
#include <string_view>

namespace nopassd::sim {

/// Writes to standard output as things happen. Not thread-safe.
class Report {
 public:
  void say(std::string_view text) const;
  /// Begins a step: `who` did `what` and was answered `answer`. What comes of it follows with come().
  void step(std::string_view who, std::string_view what, std::string_view answer);
  /// Something to the right of the step: an event or a state, as read on the site socket.
  void come(std::string_view what);
  /// Something is not as it should be.
  void surprise(std::string_view what);
  void count_event() { ++events_; }
  /// Prints the last step, if nothing came of it.
  void finish();
  /// The closing line.
  void summary() const;

  int surprises() const { return surprises_; }

 private:
  void flush_left(std::string_view right);

  int steps_ = 0, events_ = 0, surprises_ = 0;
  std::string left_;  // of the step that has not been printed
};

}  // namespace nopassd::sim
