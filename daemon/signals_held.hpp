#pragma once
// SIGTERM and SIGINT are the main thread's: a signal that the kernel gives to a thread which sleeps on something else
// is only noticed there when that thread wakes.
#include <csignal>

namespace nopassd::daemon {

/// While it lives, the calling thread, and those that it starts meanwhile, are not given SIGTERM and SIGINT.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGINT);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace nopassd::daemon
