#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/sql/audit_chain.h"
#include "adapters/sql/connection.h"
#include "core/mutex.h"

namespace selfheal::sql {

/// What a job of the writer may use, inside its transaction.
struct WriteContext {
  Connection& db;
  AuditChain& audit;
};

/// One unit that is written whole or not at all. It owns what it reads: its
/// caller may have given up while it runs. It may run twice, the first time in
/// a transaction that was rolled back.
using WriteJob = std::function<Result<void>(WriteContext&)>;

struct WriterLimits {
  std::size_t jobs = 1024;       ///< Waiting at once.
  std::size_t bytes = 64 << 20;  ///< Of waiting jobs.
  std::size_t batch = 256;       ///< Jobs of one transaction.
  /// Of a caller, from its call to its refusal. With what the receiver adds
  /// (HttpLimits::gather, its turn) an unstored alert is a 503 within 1 s.
  std::chrono::milliseconds wait{800};
  std::chrono::milliseconds probe{250};  ///< Between tries while failing.
  /// After a commit, callers that it set free get this share of its duration
  /// (1 ms at most) to come back, so that they do not miss the next one. Ends
  /// as soon as as many wait as the last batch had; a lone caller never waits.
  int gather_divisor = 8;
};

/// The only thread that writes: whatever is queued when the last COMMIT is done
/// goes into one transaction. Where one of its jobs is refused, the others run
/// again, each in a savepoint of its own. Where the answer to a COMMIT is lost,
/// a fresh connection is asked whether it was done.
///
/// Thread-safe. A fault of the database (full, I/O, damage, gone) marks the
/// writer as failing: callers are refused at once until a probe has opened it
/// anew, found it whole where it was damaged, and written again.
class Writer {
 public:
  /// `engine` outlives it.
  Writer(Engine& engine, std::unique_ptr<Connection> db, AuditChain audit,
         WriterLimits limits);
  /// Runs what is queued, then stops.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Queues `job` of about `bytes` bytes and waits until it is durable.
  ///
  /// @error the job's own error; kUnavailable  not written: the queue is
  ///        full, the store is failing, or it took longer than `wait` (then a
  ///        job that had begun may still be written).
  Result<void> Write(WriteJob job, std::size_t bytes);

  /// A job and about how many bytes it holds.
  using SizedJob = std::pair<WriteJob, std::size_t>;

  /// As Write, with one wait for several jobs; results in their order.
  std::vector<Result<void>> WriteAll(std::vector<SizedJob> jobs);

  bool Writable() const { return !failing_.load(); }
  /// Somebody who read the database found a fault: refuse until it is whole.
  void Doubt(const Error& fault) { Fail(fault); }
  /// The committed head of the audit.
  ChainHead Head() const;

 private:
  struct Ticket;
  /// What goes into one transaction, and its jobs in their order.
  struct Batch {
    std::vector<std::shared_ptr<Ticket>> tickets;
    std::vector<WriteJob*> jobs;
  };
  enum class Savepoints { kNone, kEach };

  Result<void> Enqueue(const std::shared_ptr<Ticket>& ticket);
  void Loop();
  /// Waits for jobs; while failing, for the next probe.
  void Await() REQUIRES(mutex_);
  Batch Next();
  void RunBatch(const Batch& batch);
  /// The results of the jobs; an error where nothing was written.
  Result<std::vector<Result<void>>> RunJobs(const Batch& batch,
                                            Savepoints savepoints);
  Result<void> RunOne(const WriteJob& job, Savepoints savepoints);
  Result<void> RunBare(const WriteJob& job);
  void RollBack();
  Result<void> Commit();
  /// After a Commit without an answer: whether it was done, where that can be
  /// known by now.
  bool DoneAfterAll();
  void Fail(const Error& error);
  void Probe();
  /// Opens, checks and writes as after a start.
  Result<void> TryAnew();

  // Used by the writer's thread alone.
  Engine& engine_;
  std::unique_ptr<Connection> db_;
  AuditChain audit_;
  const WriterLimits limits_;
  std::size_t last_jobs_ = 0;  ///< Of the last batch.
  Duration last_commit_{0};    ///< How long its COMMIT took.

  std::atomic<bool> failing_ = false;
  std::atomic<bool> damaged_ = false;

  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<std::shared_ptr<Ticket>> queue_ GUARDED_BY(mutex_);
  std::size_t queued_jobs_ GUARDED_BY(mutex_) = 0;
  std::size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  ChainHead committed_ GUARDED_BY(mutex_);
  std::string failure_ GUARDED_BY(mutex_);

  std::jthread thread_;
};

}  // namespace selfheal::sql
