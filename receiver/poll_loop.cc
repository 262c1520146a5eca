#include "receiver/poll_loop.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "core/result.h"

namespace selfheal {
namespace {

constexpr int kAcceptsATurn = 128;
constexpr std::size_t kEventsATurn = 256;
constexpr std::chrono::milliseconds kAcceptPause{100};
/// Deadlines may be late by this much, so that a sweep stays rare.
constexpr std::chrono::milliseconds kSweepGrain{20};

}  // namespace

PollLoop::PollLoop(const HttpLimits& limits, RequestHandler& handler,
                   Listener listener, std::shared_ptr<TlsContext> tls,
                   std::function<bool(Connection&)> submit,
                   std::function<void()> submitted)
    : limits_(limits),
      handler_(handler),
      listener_(std::move(listener)),
      tls_(std::move(tls)),
      submit_(std::move(submit)),
      submitted_(std::move(submitted)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      table_(limits) {
  SELFHEAL_CHECK(epoll_ >= 0 && wake_ >= 0);
  Watch(listener_.fd(), EPOLLIN);
  Watch(wake_, EPOLLIN);
}

PollLoop::~PollLoop() {
  table_.ForEach([](Connection& connection) { close(connection.fd); });
  close(wake_);
  close(epoll_);
}

void PollLoop::Watch(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  SELFHEAL_CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0);
}

void PollLoop::Stop() {
  stop_.store(true);
  const std::uint64_t one = 1;
  // Fails only where the counter is full, and then the loop wakes anyway.
  [[maybe_unused]] const ssize_t n = write(wake_, &one, sizeof one);
}

void PollLoop::Completed(std::span<Connection* const> connections) {
  bool first;
  {
    MutexLock lock(mutex_);
    first = completed_.empty();
    completed_.insert(completed_.end(), connections.begin(), connections.end());
  }
  if (!first) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = write(wake_, &one, sizeof one);
}

void PollLoop::Run() {
  now_ = clock_.SteadyNow();
  while (true) {
    if (stop_.load() && !stopping_) BeginStop();
    if (stopping_ && (table_.size() == 0 || now_ >= stop_at_)) return;
    Turn();
  }
}

int PollLoop::Timeout() const {
  const SteadyTime next = std::min({next_deadline_, resume_accept_, stop_at_});
  if (next == SteadyTime::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now_);
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void PollLoop::Turn() {
  std::array<epoll_event, kEventsATurn> events;
  const int n = epoll_wait(epoll_, events.data(),
                           static_cast<int>(events.size()), Timeout());
  now_ = clock_.SteadyNow();
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      TakeCompleted();
    } else if (event.data.fd == listener_.fd()) {
      AcceptSome();
    } else if (Connection* const connection = table_.Find(event.data.fd)) {
      OnEvent(*connection, event.events);
    }
  }
  if (std::exchange(has_submitted_, false)) submitted_();
  if (now_ >= resume_accept_) {
    resume_accept_ = SteadyTime::max();
    if (!stopping_) Watch(listener_.fd(), EPOLLIN);
  }
  if (now_ >= next_deadline_) Sweep();
  Bury();
}

void PollLoop::AcceptSome() {
  for (int i = 0; i < kAcceptsATurn; ++i) {
    std::string peer;
    const int fd = AcceptConnection(listener_.fd(), peer);
    if (fd >= 0) {
      Welcome(fd, std::move(peer));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    // Out of descriptors or memory: the pending connection would wake us
    // without end.
    if (!MakeRoom()) PauseAccept();
    return;
  }
}

bool PollLoop::MakeRoom() {
  Connection* oldest = nullptr;
  table_.ForEach([&](Connection& one) {
    if (one.evictable() && !one.reserved &&
        (oldest == nullptr || one.since < oldest->since)) {
      oldest = &one;
    }
  });
  if (oldest == nullptr) return false;
  Close(*oldest);
  return true;
}

void PollLoop::PauseAccept() {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_.fd(), nullptr);
  resume_accept_ = now_ + kAcceptPause;
}

void PollLoop::Welcome(int fd, std::string peer) {
  const ConnectionTable::Verdict verdict = table_.Judge(peer);
  if (!verdict.admitted) {
    if (!tls_) {
      HttpResponse full = Problem(503, "too many connections");
      const std::string bytes = SerializeResponse(full, true, true);
      send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    close(fd);
    return;
  }
  if (verdict.evict != nullptr) {
    Close(*verdict.evict);
    Bury();
  }
  auto connection = std::make_unique<Connection>(limits_);
  connection->fd = fd;
  connection->peer = std::move(peer);
  connection->since = now_;
  if (tls_) connection->tls = std::make_unique<TlsSession>(*tls_);
  Connection& added = table_.Add(std::move(connection));
  SetDeadline(added, limits_.head_deadline);
  Watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void PollLoop::TakeCompleted() {
  std::uint64_t count;
  [[maybe_unused]] const ssize_t n = read(wake_, &count, sizeof count);
  std::vector<Connection*> completed;
  {
    MutexLock lock(mutex_);
    completed.swap(completed_);
  }
  for (Connection* const connection : completed) {
    connection->phase = Phase::kWriting;
    charged_ -= std::exchange(connection->charged, 0);
    if (connection->tls) {
      const std::string clear = std::exchange(connection->out, {});
      Write(*connection, clear);
    } else {
      Flush(*connection);
    }
    Advance(*connection);
  }
}

void PollLoop::SetDeadline(Connection& connection,
                           std::chrono::milliseconds after) {
  connection.deadline = now_ + after;
  next_deadline_ = std::min(next_deadline_, connection.deadline + kSweepGrain);
}

void PollLoop::Sweep() {
  std::vector<Connection*> expired;
  SteadyTime next = SteadyTime::max();
  table_.ForEach([&](Connection& one) {
    if (one.deadline <= now_) {
      expired.push_back(&one);
    } else if (one.deadline != SteadyTime::max()) {
      next = std::min(next, one.deadline + kSweepGrain);
    }
  });
  next_deadline_ = next;
  for (Connection* const connection : expired) Expire(*connection);
}

void PollLoop::Expire(Connection& connection) {
  if (connection.phase != Phase::kReading || !connection.gate->started()) {
    return Close(connection);
  }
  Respond(connection, Problem(408, "the request did not arrive in time"));
}

void PollLoop::BeginStop() {
  stopping_ = true;
  stop_at_ = now_ + limits_.stop_deadline;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_.fd(), nullptr);
  listener_.Close();
  table_.ForEach([this](Connection& one) {
    if (one.evictable()) Close(one);
  });
  Bury();
}

void PollLoop::Close(Connection& connection) {
  if (connection.phase == Phase::kClosed) return;
  connection.phase = Phase::kClosed;
  charged_ -= std::exchange(connection.charged, 0);
  closed_.push_back(&connection);
}

void PollLoop::Bury() {
  for (Connection* const connection : closed_) {
    const int fd = connection->fd;
    table_.Remove(*connection);
    close(fd);
  }
  closed_.clear();
}

}  // namespace selfheal
