#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/mutex.h"
#include "receiver/connection.h"
#include "receiver/library_bridge.h"
#include "receiver/request_handler.h"

namespace selfheal {

/// The fixed threads that work on complete requests.
///
/// Requests that wait for the same thing (RequestHandler::InBulk) gather while
/// two bulks of them are under way, and are then taken together: one commit
/// behind the next, however many connections. A bulk that takes long holds
/// nobody up: after `limits.gather` the next one starts all the same, and what
/// found no worker within `limits.patience` is answered 503 unseen.
///
/// Submit and Stop belong to the server; a submitted connection belongs to one
/// worker until `done` is called with it.
class WorkerPool {
 public:
  using Done = std::function<void(std::span<Connection* const>)>;

  /// @param done  runs on the worker, after the answers were written into the
  ///              sockets or into `Connection::out`.
  WorkerPool(const HttpLimits& limits, RequestHandler& handler, Done done);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: the queue is full. What gathers waits for Flush.
  bool Submit(Connection& connection) EXCLUDES(mutex_);
  /// The submissions of this turn are complete.
  void Flush() EXCLUDES(mutex_);

  /// Drops what waits, lets the workers finish what they have, joins them.
  void Stop() EXCLUDES(mutex_);

 private:
  struct Waiting {
    Connection* connection;
    SteadyTime since;
  };
  /// What one worker does next; empty: the pool stops.
  struct Work {
    std::vector<Connection*> connections;
    bool bulk = false;
    SteadyTime since;  ///< Of a bulk: its first request was complete.
  };

  void Run() EXCLUDES(mutex_);
  Work Next() EXCLUDES(mutex_);
  bool BulkIsDue() REQUIRES(mutex_);
  Work TakeBulk() REQUIRES(mutex_);
  void ServeBulk(const Work& work) EXCLUDES(mutex_);
  std::vector<HttpResponse> AnswerBulk(const Work& work);
  void Answer(Connection& connection, LibraryBridge::Answer answer);

  const HttpLimits& limits_;
  RequestHandler& handler_;
  const Done done_;
  const SystemClock clock_;

  Mutex mutex_;
  CondVar wake_;
  std::deque<Connection*> queue_ GUARDED_BY(mutex_);
  std::deque<Waiting> bulk_ GUARDED_BY(mutex_);
  std::size_t bulks_under_way_ GUARDED_BY(mutex_) = 0;
  /// Workers that wake by themselves when what gathers is due.
  std::size_t watchers_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;
};

}  // namespace selfheal
