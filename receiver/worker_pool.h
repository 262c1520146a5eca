#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "core/mutex.h"
#include "receiver/connection.h"
#include "receiver/request_handler.h"

namespace selfheal {

/// The fixed threads that work on complete requests.
///
/// Submit and Stop belong to the server; a submitted connection belongs to one
/// worker until `done` is called with it.
class WorkerPool {
 public:
  /// @param done  runs on the worker, after the answer was written into the
  ///              socket or into `Connection::out`.
  WorkerPool(const HttpLimits& limits, RequestHandler& handler,
             std::function<void(Connection&)> done);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: the queue is full.
  bool Submit(Connection& connection) EXCLUDES(mutex_);

  /// Drops what waits, lets the workers finish what they have, joins them.
  void Stop() EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);
  Connection* Next() EXCLUDES(mutex_);

  const std::size_t capacity_;
  RequestHandler& handler_;
  const std::function<void(Connection&)> done_;

  Mutex mutex_;
  CondVar wake_;
  std::deque<Connection*> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;
};

}  // namespace selfheal
