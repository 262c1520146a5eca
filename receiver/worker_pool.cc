#include "receiver/worker_pool.h"

#include <pthread.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "receiver/library_bridge.h"

namespace selfheal {
namespace {

/// Sends as much as the socket takes at once; the poll thread has the rest.
void SendNow(Connection& connection) {
  while (connection.out_done < connection.out.size()) {
    const ssize_t n =
        send(connection.fd, connection.out.data() + connection.out_done,
             connection.out.size() - connection.out_done,
             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      connection.out_done += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        connection.peer_closed = true;
      }
      return;
    }
  }
}

}  // namespace

WorkerPool::WorkerPool(const HttpLimits& limits, RequestHandler& handler,
                       std::function<void(Connection&)> done)
    : capacity_(limits.queue), handler_(handler), done_(std::move(done)) {
  threads_.reserve(limits.workers);
  for (std::size_t i = 0; i < limits.workers; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Submit(Connection& connection) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= capacity_) return false;
    queue_.push_back(&connection);
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  threads_.clear();
}

Connection* WorkerPool::Next() {
  MutexLock lock(mutex_);
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    wake_.wait(mutex_);
  }
  Connection* const next = queue_.front();
  queue_.pop_front();
  return next;
}

void WorkerPool::Run() {
  pthread_setname_np(pthread_self(), "http-worker");
  LibraryBridge bridge(handler_);
  while (Connection* const connection = Next()) {
    const HttpRequest& request = connection->gate->request();
    LibraryBridge::Answer answer = bridge.Serve(request);
    handler_.Answered(&request.head, answer.status);
    connection->out = std::move(answer.bytes);
    connection->out_done = 0;
    connection->close_after = answer.close;
    if (!connection->tls) SendNow(*connection);
    done_(*connection);
  }
}

}  // namespace selfheal
