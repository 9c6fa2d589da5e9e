#include "tools/nopassctl/terminal.hpp"

#include "tools/nopassctl/failure.hpp"
#include "tools/nopassctl/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <signal.h>
#include <unistd.h>

namespace nopassd::ctl {
namespace {

sigset_t interruptions() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::bold:
      return "1";
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::red:
      return "31";
    case Colour::none:
      break;
  }
  return "0";
}

}  // namespace

bool is_on_terminal() { return isatty(STDOUT_FILENO) == 1; }

std::string coloured(std::string_view text, Colour colour) {
  const char* refused = std::getenv("NO_COLOR");
  const bool plain = refused != nullptr && *refused != '\0';
  if (colour == Colour::none || plain || !is_on_terminal()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text);
}

void confirm(bool yes, const std::string& question) {
  if (yes) return;
  if (isatty(STDIN_FILENO) != 1) {
    throw Failure(ExitCode::usage, "nobody can be asked here, as standard input is no terminal: add --yes to go ahead");
  }
  fmt::print(stderr, "{} [y/N] ", printable(question));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return;
  throw Failure(ExitCode::failed, "nothing was changed");
}

Interruptible::Interruptible() {
  const sigset_t set = interruptions();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Interruptible::~Interruptible() {
  const sigset_t set = interruptions();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool Interruptible::pause(std::chrono::milliseconds duration) {
  const sigset_t set = interruptions();
  const auto deadline = std::chrono::steady_clock::now() + duration;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now());
    const std::int64_t nanoseconds = std::max<std::int64_t>(0, left.count());
    const timespec rest{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    if (sigtimedwait(&set, nullptr, &rest) > 0) return true;
    if (errno != EINTR) return false;  // e.g. after Ctrl-Z and fg it goes on
  }
}

}  // namespace nopassd::ctl
