#include "receiver/process.h"

#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace selfheal {
namespace {

/// Connections, queries, the store and some room.
constexpr rlim_t kDescriptors = 2048;
/// Arenas of the allocator: one a thread would keep what each once used.
constexpr int kArenas = 2;

}  // namespace

void HardenProcess() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = std::min(kDescriptors, files.rlim_max);
    setrlimit(RLIMIT_NOFILE, &files);
  }
  umask(077);
  signal(SIGPIPE, SIG_IGN);
  mallopt(M_ARENA_MAX, kArenas);  // NOLINT(concurrency-mt-unsafe): one thread
}

SignalQueue::SignalQueue() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    sigaddset(&set, number);
  }
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = signalfd(-1, &set, SFD_CLOEXEC);
  SELFHEAL_CHECK(fd_ >= 0);
}

SignalQueue::~SignalQueue() { close(fd_); }

SignalRequest SignalQueue::Wait() {
  signalfd_siginfo info{};
  while (read(fd_, &info, sizeof info) != sizeof info) {
  }
  switch (info.ssi_signo) {
    case SIGHUP:
      return SignalRequest::kReload;
    case SIGUSR1:
      return SignalRequest::kKillSwitch;
    default:
      return SignalRequest::kStop;
  }
}

}  // namespace selfheal
