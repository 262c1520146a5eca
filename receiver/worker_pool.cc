#include "receiver/worker_pool.h"

#include <pthread.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

namespace selfheal {
namespace {

/// One bulk waits for its commit while the next one is read and queued.
constexpr std::size_t kBulks = 2;
constexpr std::size_t kMostInBulk = 64;

/// Sends as much as the socket takes at once; the poll thread has the rest.
void SendNow(Connection& connection) {
  while (connection.out_done < connection.out.size()) {
    const ssize_t n =
        send(connection.fd, connection.out.data() + connection.out_done,
             connection.out.size() - connection.out_done,
             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
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
                       Done done)
    : limits_(limits), handler_(handler), done_(std::move(done)) {
  threads_.reserve(limits.workers);
  for (std::size_t i = 0; i < limits.workers; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

WorkerPool::~WorkerPool() { Stop(); }

bool WorkerPool::Submit(Connection& connection) {
  const bool bulk = handler_.InBulk(connection.gate->request());
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() + bulk_.size() >= limits_.queue) {
      return false;
    }
    if (bulk) {
      // Others of the same turn may follow: Flush wakes a worker for all.
      bulk_.push_back({&connection, clock_.SteadyNow()});
      return true;
    }
    queue_.push_back(&connection);
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::Flush() {
  {
    MutexLock lock(mutex_);
    // Who ends a bulk sees to the next one, while somebody watches the clock.
    if (bulk_.empty() || (bulks_under_way_ >= kBulks && watchers_ > 0)) return;
  }
  wake_.notify_one();
}

void WorkerPool::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    queue_.clear();
    bulk_.clear();
  }
  wake_.notify_all();
  threads_.clear();
}

bool WorkerPool::BulkIsDue() {
  return !bulk_.empty() &&
         (bulks_under_way_ < kBulks ||
          clock_.SteadyNow() >= bulk_.front().since + limits_.gather);
}

WorkerPool::Work WorkerPool::TakeBulk() {
  Work work;
  work.bulk = true;
  work.since = bulk_.front().since;
  while (!bulk_.empty() && work.connections.size() < kMostInBulk) {
    work.connections.push_back(bulk_.front().connection);
    bulk_.pop_front();
  }
  ++bulks_under_way_;
  return work;
}

WorkerPool::Work WorkerPool::Next() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (!queue_.empty()) {
      Work work{{queue_.front()}, false, {}};
      queue_.pop_front();
      return work;
    }
    if (BulkIsDue()) return TakeBulk();
    if (bulk_.empty()) {
      wake_.wait(mutex_);
    } else {
      ++watchers_;
      wake_.wait_for(mutex_, limits_.gather);
      --watchers_;
    }
  }
  return {};
}

void WorkerPool::Answer(Connection& connection, LibraryBridge::Answer answer) {
  handler_.Answered(&connection.gate->head(), answer.status);
  connection.out = std::move(answer.bytes);
  connection.out_done = 0;
  connection.close_after = answer.close;
  if (!connection.tls) SendNow(connection);
}

std::vector<HttpResponse> WorkerPool::AnswerBulk(const Work& work) {
  if (clock_.SteadyNow() >= work.since + limits_.patience) {
    HttpResponse busy = Problem(503, "all workers are busy");
    busy.headers.emplace_back("Retry-After", "1");
    busy.close = true;
    return std::vector<HttpResponse>(work.connections.size(), busy);
  }
  std::vector<const HttpRequest*> requests;
  requests.reserve(work.connections.size());
  for (Connection* const one : work.connections) {
    requests.push_back(&one->gate->request());
  }
  try {
    return handler_.HandleBulk(requests);
  } catch (const std::exception&) {
    // A library threw what its adapter does not know: fail closed.
    return std::vector<HttpResponse>(requests.size(),
                                     Problem(500, "an internal error"));
  }
}

void WorkerPool::ServeBulk(const Work& work) {
  const std::vector<HttpResponse> answers = AnswerBulk(work);
  bool more;
  {
    MutexLock lock(mutex_);
    --bulks_under_way_;
    more = !bulk_.empty();
  }
  if (more) wake_.notify_one();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Connection& one = *work.connections[i];
    const RequestHead& head = one.gate->head();
    const bool close = answers[i].close || head.close;
    // No route of a library takes part, so none writes the answer either.
    Answer(one,
           {SerializeResponse(answers[i], close, head.method != Method::kHead),
            answers[i].status, close});
  }
  done_(work.connections);
}

void WorkerPool::Run() {
  pthread_setname_np(pthread_self(), "http-worker");
  LibraryBridge bridge(handler_);
  while (true) {
    const Work work = Next();
    if (work.connections.empty()) return;
    if (work.bulk) {
      ServeBulk(work);
      continue;
    }
    Connection& one = *work.connections.front();
    Answer(one, bridge.Serve(one.gate->request()));
    done_(work.connections);
  }
}

}  // namespace selfheal
