#include "adapters/postgres/deadlines.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace selfheal::postgres {
namespace {

/// Deadlines are seconds; nobody waits for the thread to look.
constexpr std::chrono::milliseconds kLook{500};

}  // namespace

OwnSocket::OwnSocket(int socket) : number_(fcntl(socket, F_DUPFD_CLOEXEC, 0)) {}

OwnSocket::~OwnSocket() {
  if (number_ >= 0) close(number_);
}

void OwnSocket::ShutDown() const { shutdown(number_, SHUT_RDWR); }

Deadlines::Deadlines()
    : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Deadlines::~Deadlines() {
  {
    const MutexLock lock(mutex_);
    thread_.request_stop();
  }
  changed_.notify_all();
}

Deadlines::Guard::Guard(Deadlines& deadlines, const OwnSocket& socket,
                        Moment until)
    : deadlines_(deadlines), socket_(socket.number()) {
  const MutexLock lock(deadlines_.mutex_);
  deadlines_.waiting_[socket_] = until;
}

Deadlines::Guard::~Guard() {
  const MutexLock lock(deadlines_.mutex_);
  deadlines_.waiting_.erase(socket_);
}

Deadlines::Moment Deadlines::CutDue() {
  const Moment now = std::chrono::steady_clock::now();
  Moment next = now + kLook;
  for (auto& [socket, until] : waiting_) {
    if (until <= now) {
      shutdown(socket, SHUT_RDWR);
      until = Moment::max();
    }
    next = std::min(next, until);
  }
  return next;
}

void Deadlines::Run(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    const Moment next = CutDue();
    changed_.wait_until(mutex_, next);
  }
}

}  // namespace selfheal::postgres
