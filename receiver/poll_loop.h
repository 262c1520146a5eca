#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/mutex.h"
#include "receiver/connection_table.h"
#include "receiver/http_limits.h"
#include "receiver/listener.h"
#include "receiver/request_handler.h"
#include "receiver/tls.h"

namespace selfheal {

/// The one thread that owns every connection: accepts, reads, holds the
/// deadlines and the caps, hands complete requests on, writes answers.
///
/// Run belongs to its thread; Stop and Completed may be called from any.
/// Sockets are watched edge-triggered and registered once.
class PollLoop {
 public:
  /// @param limits   outlives the loop, as does `handler`.
  /// @param submit   takes a connection with a complete request over until
  ///                 Completed; false: no room.
  /// @param submitted  called after the submissions of one turn.
  /// @param tls      null: plain HTTP.
  PollLoop(const HttpLimits& limits, RequestHandler& handler, Listener listener,
           std::shared_ptr<TlsContext> tls,
           std::function<bool(Connection&)> submit,
           std::function<void()> submitted);
  ~PollLoop();
  PollLoop(const PollLoop&) = delete;
  PollLoop& operator=(const PollLoop&) = delete;

  int port() const { return listener_.port(); }

  /// Serves until Stop was called and the last answer is out.
  void Run();
  void Stop();
  /// Gives connections back; what their sockets did not take of the answers
  /// stands in their `out`.
  void Completed(std::span<Connection* const> connections) EXCLUDES(mutex_);

 private:
  using Phase = Connection::Phase;

  // poll_loop.cc: the turn, newcomers, deadlines.
  void Watch(int fd, std::uint32_t events);
  void Turn();
  int Timeout() const;
  void AcceptSome();
  bool MakeRoom();
  void PauseAccept();
  void Welcome(int fd, std::string peer);
  void TakeCompleted() EXCLUDES(mutex_);
  void Sweep();
  void Expire(Connection& connection);
  void BeginStop();
  void SetDeadline(Connection& connection, std::chrono::milliseconds after);
  void Close(Connection& connection);
  void Bury();

  // poll_loop_io.cc: one connection.
  void OnEvent(Connection& connection, std::uint32_t events);
  void Advance(Connection& connection);
  std::string_view NextBytes(Connection& connection);
  std::string_view NextClear(Connection& connection);
  std::size_t Receive(Connection& connection);
  void Feed(Connection& connection, std::string_view bytes);
  bool Charge(Connection& connection);
  void Admit(Connection& connection);
  void Dispatch(Connection& connection, std::string_view rest);
  void Respond(Connection& connection, const HttpResponse& response);
  void Write(Connection& connection, std::string_view clear);
  void Flush(Connection& connection);
  void AfterWrite(Connection& connection);
  void NextRequest(Connection& connection);
  void StartDrain(Connection& connection);
  void Drain(Connection& connection);

  const HttpLimits& limits_;
  RequestHandler& handler_;
  Listener listener_;
  const std::shared_ptr<TlsContext> tls_;
  const std::function<bool(Connection&)> submit_;
  const std::function<void()> submitted_;
  const SystemClock clock_;

  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<bool> stop_{false};

  // The poll thread's own.
  ConnectionTable table_;
  std::vector<Connection*> closed_;
  SteadyTime now_;
  SteadyTime next_deadline_ = SteadyTime::max();
  SteadyTime resume_accept_ = SteadyTime::max();
  SteadyTime stop_at_ = SteadyTime::max();
  bool stopping_ = false;
  bool has_submitted_ = false;
  std::size_t charged_ = 0;
  std::array<char, 64 << 10> buffer_;
  std::string clear_;

  Mutex mutex_;
  std::vector<Connection*> completed_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
