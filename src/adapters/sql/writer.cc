#include "adapters/sql/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace selfheal::sql {
namespace {

constexpr std::chrono::milliseconds kMostGather{1};

enum class Place { kQueued, kTaken, kAbandoned };

Error Busy(const std::string& why) {
  return {Code::kUnavailable, "the store can't write now: " + why};
}

/// True for faults of the database, as opposed to a job's own refusal.
bool IsFault(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kDataLoss;
}

}  // namespace

/// The jobs of one caller, which waits for all of them at once.
struct Writer::Ticket {
  std::vector<WriteJob> jobs;
  std::size_t bytes = 0;
  std::atomic<Place> place = Place::kQueued;
  Mutex mutex;
  CondVar changed;
  /// Empty until the jobs are done.
  std::vector<Result<void>> results GUARDED_BY(mutex);

  void Finish(std::vector<Result<void>> done) {
    {
      const MutexLock lock(mutex);
      results = std::move(done);
    }
    changed.notify_one();
  }

  /// The results, or nothing where they are not there in time.
  std::vector<Result<void>> Await(std::chrono::steady_clock::time_point until) {
    MutexLock lock(mutex);
    while (results.empty() &&
           changed.wait_until(mutex, until) != std::cv_status::timeout) {
    }
    return std::move(results);
  }
};

Writer::Writer(Engine& engine, std::unique_ptr<Connection> db, AuditChain audit,
               WriterLimits limits)
    : engine_(engine),
      db_(std::move(db)),
      audit_(std::move(audit)),
      limits_(limits) {
  committed_ = audit_.head();
  thread_ = std::jthread([this] { Loop(); });
}

Writer::~Writer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

ChainHead Writer::Head() const {
  const MutexLock lock(mutex_);
  return committed_;
}

Result<void> Writer::Enqueue(const std::shared_ptr<Ticket>& ticket) {
  const MutexLock lock(mutex_);
  if (stopping_) return Busy("it is stopping");
  if (failing_.load()) return Busy(failure_);
  if (!queue_.empty() && (queued_jobs_ + ticket->jobs.size() > limits_.jobs ||
                          queued_bytes_ + ticket->bytes > limits_.bytes)) {
    return Busy("its queue is full");
  }
  queued_jobs_ += ticket->jobs.size();
  queued_bytes_ += ticket->bytes;
  queue_.push_back(ticket);
  return {};
}

Result<void> Writer::Write(WriteJob job, std::size_t bytes) {
  std::vector<SizedJob> jobs;
  jobs.emplace_back(std::move(job), bytes);
  return std::move(WriteAll(std::move(jobs)).front());
}

std::vector<Result<void>> Writer::WriteAll(std::vector<SizedJob> jobs) {
  const auto until = std::chrono::steady_clock::now() + limits_.wait;
  const std::size_t count = jobs.size();
  if (count == 0) return {};
  const auto ticket = std::make_shared<Ticket>();
  for (auto& [job, bytes] : jobs) {
    ticket->jobs.push_back(std::move(job));
    ticket->bytes += bytes;
  }
  if (Result<void> queued = Enqueue(ticket); !queued.ok()) {
    return std::vector<Result<void>>(count, queued);
  }
  wake_.notify_one();
  std::vector<Result<void>> results = ticket->Await(until);
  if (!results.empty()) return results;
  Place expected = Place::kQueued;
  const bool begun =
      !ticket->place.compare_exchange_strong(expected, Place::kAbandoned);
  return std::vector<Result<void>>(
      count, Busy(begun ? "not finished in time" : "not begun in time"));
}

void Writer::Await() {
  if (failing_.load()) {
    if (!stopping_) wake_.wait_for(mutex_, limits_.probe);
    return;
  }
  while (!stopping_ && queue_.empty() && !failing_.load()) wake_.wait(mutex_);
  const auto end =
      std::chrono::steady_clock::now() +
      std::min<Duration>(last_commit_ / limits_.gather_divisor, kMostGather);
  while (!stopping_ && queued_jobs_ < last_jobs_ &&
         wake_.wait_until(mutex_, end) != std::cv_status::timeout) {
  }
}

Writer::Batch Writer::Next() {
  const MutexLock lock(mutex_);
  Await();
  Batch batch;
  while (!queue_.empty() && batch.jobs.size() < limits_.batch) {
    std::shared_ptr<Ticket> ticket = std::move(queue_.front());
    queue_.pop_front();
    queued_jobs_ -= ticket->jobs.size();
    queued_bytes_ -= ticket->bytes;
    Place expected = Place::kQueued;
    if (!ticket->place.compare_exchange_strong(expected, Place::kTaken)) {
      continue;
    }
    for (WriteJob& job : ticket->jobs) batch.jobs.push_back(&job);
    batch.tickets.push_back(std::move(ticket));
  }
  return batch;
}

void Writer::Loop() {
  while (true) {
    const Batch batch = Next();
    if (!batch.jobs.empty()) {
      RunBatch(batch);
    } else if (failing_.load()) {
      Probe();
    }
    const MutexLock lock(mutex_);
    if (stopping_ && queue_.empty()) return;
  }
}

void Writer::RunBatch(const Batch& batch) {
  last_jobs_ = batch.jobs.size();
  auto results = RunJobs(batch, Savepoints::kNone);
  if (!results.ok()) {
    RollBack();
    if (!IsFault(results.error())) {
      results = RunJobs(batch, Savepoints::kEach);
      if (!results.ok()) RollBack();
    }
  }
  if (!results.ok()) {
    if (IsFault(results.error())) Fail(results.error());
    results = std::vector<Result<void>>(batch.jobs.size(),
                                        Busy(results.error().message));
  }
  auto next = results->begin();
  for (const std::shared_ptr<Ticket>& ticket : batch.tickets) {
    const auto end = next + static_cast<std::ptrdiff_t>(ticket->jobs.size());
    ticket->Finish(
        {std::make_move_iterator(next), std::make_move_iterator(end)});
    next = end;
  }
  db_->Tidy();
}

void Writer::RollBack() {
  if (db_->InTransaction()) (void)db_->Exec("ROLLBACK");
  // Nothing of this transaction is there, so the head is the last one.
  audit_.Restore(Head());
}

Result<std::vector<Result<void>>> Writer::RunJobs(const Batch& batch,
                                                  Savepoints savepoints) {
  if (auto begun = db_->Begin(); !begun.ok()) return begun.error();
  if (auto read = audit_.Follow(*db_); !read.ok()) return read.error();
  const ChainHead before = audit_.head();
  std::vector<Result<void>> results;
  results.reserve(batch.jobs.size());
  for (const WriteJob* job : batch.jobs) {
    results.push_back(RunOne(*job, savepoints));
    if (results.back().ok()) continue;
    // SQLite gives up the whole transaction on some faults; and what failed
    // once is not worth a commit.
    if (savepoints == Savepoints::kNone || !db_->InTransaction() ||
        IsFault(results.back().error())) {
      return results.back().error();
    }
  }
  if (audit_.head() != before) {
    if (auto saved = audit_.SaveHead(*db_); !saved.ok()) return saved.error();
  }
  if (Result<void> done = Commit(); !done.ok()) return done.error();
  return results;
}

Result<void> Writer::RunBare(const WriteJob& job) {
  WriteContext context{*db_, audit_};
  try {
    return job(context);
  } catch (const std::exception& e) {
    return Error{Code::kInternal, std::string("store: ") + e.what()};
  }
}

Result<void> Writer::RunOne(const WriteJob& job, Savepoints savepoints) {
  if (savepoints == Savepoints::kNone) return RunBare(job);
  const ChainHead before = audit_.head();
  const Result<long long> saved = db_->Run("SAVEPOINT job");
  if (!saved.ok()) return saved.error();
  Result<void> done = RunBare(job);
  if (done.ok()) {
    const Result<long long> released = db_->Run("RELEASE job");
    if (!released.ok()) return released.error();
    return {};
  }
  audit_.Restore(before);
  if (!db_->InTransaction()) return done;
  if (Result<void> back = db_->Exec("ROLLBACK TO job; RELEASE job");
      !back.ok()) {
    return Busy(back.error().message);
  }
  return done;
}

Result<void> Writer::Commit() {
  const auto begin = std::chrono::steady_clock::now();
  Result<void> done = db_->Commit();
  if (!done.ok() && IsFault(done.error()) && DoneAfterAll()) done = {};
  if (!done.ok()) return done;
  last_commit_ = std::chrono::steady_clock::now() - begin;
  const MutexLock lock(mutex_);
  committed_ = audit_.head();
  return {};
}

bool Writer::DoneAfterAll() {
  if (!db_->InDoubt()) return false;
  auto fresh = engine_.OpenWriter();
  if (!fresh.ok() || !db_->CommittedSays(**fresh)) return false;
  db_ = std::move(*fresh);
  return true;
}

void Writer::Fail(const Error& error) {
  if (error.code == Code::kDataLoss) damaged_.store(true);
  const MutexLock lock(mutex_);
  failure_ = error.message;
  failing_.store(true);
  wake_.notify_all();
}

Result<void> Writer::TryAnew() {
  auto fresh = engine_.OpenWriter();
  if (!fresh.ok()) return fresh.error();
  db_ = std::move(*fresh);
  if (damaged_.load()) {
    if (auto whole = engine_.Check(*db_); !whole.ok()) return whole;
  }
  if (auto begun = db_->Begin(); !begun.ok()) return begun;
  const auto probed = db_->Run(
      "INSERT INTO probe(one, at) VALUES(1, 1)"
      " ON CONFLICT(one) DO UPDATE SET at = probe.at + 1");
  if (!probed.ok()) return probed.error();
  if (auto loaded = audit_.Load(*db_); !loaded.ok()) return loaded;
  return db_->Commit();
}

void Writer::Probe() {
  if (Result<void> done = TryAnew(); !done.ok()) return Fail(done.error());
  damaged_.store(false);
  const MutexLock lock(mutex_);
  committed_ = audit_.head();
  failing_.store(false);
}

}  // namespace selfheal::sql
