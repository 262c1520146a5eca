#pragma once

#include "core/result.h"

namespace selfheal {

/// Closes what a long-running process with secrets does not need: core dumps,
/// tracing by the same user, files readable by others; fixes the number of
/// descriptors, ignores SIGPIPE, keeps the allocator from spreading.
void HardenProcess();

/// What a signal asks of the running service.
enum class SignalRequest { kStop, kReload, kKillSwitch };

/// SIGTERM, SIGINT, SIGHUP and SIGUSR1 as values on one thread.
class SignalQueue {
 public:
  /// Blocks the signals; call before any other thread starts.
  SignalQueue();
  ~SignalQueue();
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;

  /// Waits for the next one.
  SignalRequest Wait();

 private:
  int fd_;
};

}  // namespace selfheal
