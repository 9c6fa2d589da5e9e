#pragma once
// How nopassctl ends. The numbers are documented in --help and never change their meaning.
#include <stdexcept>
#include <string>

namespace nopassd::ctl {

enum class ExitCode : int {
  done = 0,
  failed = 1,       // also: a check of `doctor` fails, a hook's test is not delivered
  usage = 2,        // wrong command line
  unreachable = 3,  // no daemon answers on the socket
  refused = 4,      // the daemon answered, and said no
  timed_out = 5     // what was waited for did not come
};

/// Ends the program with this code and text. The text may hold lines, and whatever the daemon said: it is escaped
/// where it is printed.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace nopassd::ctl
