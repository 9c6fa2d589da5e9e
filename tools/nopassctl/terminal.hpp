#pragma once
// The person at the other end, if there is one.
#include <chrono>
#include <string>
#include <string_view>

namespace nopassd::ctl {

enum class Colour { none, bold, green, yellow, red };

/// Whether standard output is a terminal.
bool is_on_terminal();

/// Coloured when standard output is a terminal and NO_COLOR is unset or empty. The text must be printable already.
std::string coloured(std::string_view text, Colour colour);

/// Returns when the person agrees, at once with `yes`. Throws Failure: usage when nobody can be asked, failed when the
/// answer is no.
void confirm(bool yes, const std::string& question);

/// While it lives, Ctrl-C and SIGTERM do not end the process: pause() reports them. One at a time, in main's thread.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

  /// Waits that long; true when it was interrupted, also before it began.
  bool pause(std::chrono::milliseconds duration);
};

}  // namespace nopassd::ctl
