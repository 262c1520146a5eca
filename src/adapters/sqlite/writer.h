#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/sqlite/audit_chain.h"
#include "adapters/sqlite/connection.h"
#include "core/mutex.h"

namespace selfheal::sqlite {

/// What a job of the writer may use, inside its transaction.
struct WriteContext {
  Connection& db;
  AuditChain& audit;
};

/// One unit that is written whole or not at all. It owns what it reads: its
/// caller may have given up while it runs.
using WriteJob = std::function<Result<void>(WriteContext&)>;

struct WriterLimits {
  std::size_t jobs = 1024;               ///< Waiting at once.
  std::size_t bytes = 64 << 20;          ///< Of waiting jobs.
  std::size_t batch = 256;               ///< Jobs of one transaction.
  std::chrono::milliseconds wait{1000};  ///< Of a caller.
  std::chrono::milliseconds probe{250};  ///< Between tries while failing.
  /// Frames of the log from one checkpoint to the next; a log of eight times
  /// that, which readers kept from beginning anew, makes them be waited for.
  int checkpoint_frames = 1000;
  /// After a commit, callers that it set free get this share of its duration
  /// (1 ms at most) to come back, so that they do not miss the next one. Ends
  /// as soon as as many wait as the last batch had; a lone caller never waits.
  int gather_divisor = 8;
};

/// The only thread that writes: whatever is queued when the last COMMIT is done
/// goes into one transaction, each job in its own savepoint.
///
/// Thread-safe. A fault of the file (full, I/O, damage) marks the writer as
/// failing: callers are refused at once until a probe has written again.
class Writer {
 public:
  Writer(std::unique_ptr<Connection> db, AuditChain audit, WriterLimits limits);
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
  /// The committed head of the audit.
  ChainHead Head() const;

 private:
  struct Entry;
  using Batch = std::vector<std::shared_ptr<Entry>>;

  using Until = std::chrono::steady_clock::time_point;

  Result<void> Enqueue(const std::shared_ptr<Entry>& entry);
  static Result<void> WaitFor(Entry& entry, Until until);
  void Loop();
  /// Waits for jobs; while failing, for the next probe.
  void Await() REQUIRES(mutex_);
  Batch Next();
  void RunBatch(const Batch& batch);
  Result<void> RunJobs(const Batch& batch, std::vector<Result<void>>& results);
  Result<void> RunOne(WriteJob& job);
  Result<void> Commit();
  void CheckpointIfDue();
  void Fail(const Error& error);
  void Probe();

  // Used by the writer's thread alone.
  std::unique_ptr<Connection> db_;
  AuditChain audit_;
  const WriterLimits limits_;
  bool damaged_ = false;
  int checkpointed_ = 0;       ///< Frames of the log at the last checkpoint.
  std::size_t last_jobs_ = 0;  ///< Of the last batch.
  Duration last_commit_{0};    ///< How long its COMMIT took.

  std::atomic<bool> failing_ = false;

  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<std::shared_ptr<Entry>> queue_ GUARDED_BY(mutex_);
  std::size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  ChainHead committed_ GUARDED_BY(mutex_);
  std::string failure_ GUARDED_BY(mutex_);

  std::jthread thread_;
};

}  // namespace selfheal::sqlite
