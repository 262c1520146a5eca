#include "adapters/sqlite/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "adapters/sqlite/schema.h"

namespace selfheal::sqlite {
namespace {

constexpr std::chrono::milliseconds kMostGather{1};
// Checkpoints' worth of frames from which readers are waited for.
constexpr int kLongLog = 8;

enum class Place { kQueued, kTaken, kAbandoned };

Error Busy(const std::string& why) {
  return {Code::kUnavailable, "the store can't write now: " + why};
}

/// True for faults of the file, as opposed to a job's own refusal.
bool IsFault(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kDataLoss;
}

}  // namespace

struct Writer::Entry {
  WriteJob job;
  std::size_t bytes = 0;
  std::atomic<Place> place = Place::kQueued;
  std::promise<Result<void>> done;
};

Writer::Writer(std::unique_ptr<Connection> db, AuditChain audit,
               WriterLimits limits)
    : db_(std::move(db)), audit_(std::move(audit)), limits_(limits) {
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

Result<void> Writer::Enqueue(const std::shared_ptr<Entry>& entry) {
  const MutexLock lock(mutex_);
  if (stopping_) return Busy("it is stopping");
  if (failing_.load()) return Busy(failure_);
  if (queue_.size() >= limits_.jobs ||
      (!queue_.empty() && queued_bytes_ + entry->bytes > limits_.bytes)) {
    return Busy("its queue is full");
  }
  queued_bytes_ += entry->bytes;
  queue_.push_back(entry);
  return {};
}

Result<void> Writer::Write(WriteJob job, std::size_t bytes) {
  std::vector<SizedJob> jobs;
  jobs.emplace_back(std::move(job), bytes);
  return std::move(WriteAll(std::move(jobs)).front());
}

std::vector<Result<void>> Writer::WriteAll(std::vector<SizedJob> jobs) {
  std::vector<Result<void>> results;
  std::vector<std::shared_ptr<Entry>> entries;
  for (auto& [job, bytes] : jobs) {
    auto entry = std::make_shared<Entry>();
    entry->job = std::move(job);
    entry->bytes = bytes;
    results.push_back(Enqueue(entry));
    entries.push_back(std::move(entry));
  }
  wake_.notify_one();
  const Until until = std::chrono::steady_clock::now() + limits_.wait;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (results[i].ok()) results[i] = WaitFor(*entries[i], until);
  }
  return results;
}

Result<void> Writer::WaitFor(Entry& entry, Until until) {
  std::future<Result<void>> done = entry.done.get_future();
  if (done.wait_until(until) == std::future_status::ready) return done.get();
  Place expected = Place::kQueued;
  if (entry.place.compare_exchange_strong(expected, Place::kAbandoned)) {
    return Busy("not begun in time");
  }
  return Busy("not finished in time");
}

void Writer::Await() {
  if (failing_.load()) {
    if (!stopping_) wake_.wait_for(mutex_, limits_.probe);
    return;
  }
  while (!stopping_ && queue_.empty()) wake_.wait(mutex_);
  const auto end =
      std::chrono::steady_clock::now() +
      std::min<Duration>(last_commit_ / limits_.gather_divisor, kMostGather);
  while (!stopping_ && queue_.size() < last_jobs_ &&
         wake_.wait_until(mutex_, end) != std::cv_status::timeout) {
  }
}

Writer::Batch Writer::Next() {
  const MutexLock lock(mutex_);
  Await();
  Batch batch;
  while (!queue_.empty() && batch.size() < limits_.batch) {
    std::shared_ptr<Entry> entry = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= entry->bytes;
    Place expected = Place::kQueued;
    if (entry->place.compare_exchange_strong(expected, Place::kTaken)) {
      batch.push_back(std::move(entry));
    }
  }
  return batch;
}

void Writer::Loop() {
  while (true) {
    const Batch batch = Next();
    if (!batch.empty()) {
      RunBatch(batch);
    } else if (failing_.load()) {
      Probe();
    }
    const MutexLock lock(mutex_);
    if (stopping_ && queue_.empty()) return;
  }
}

void Writer::RunBatch(const Batch& batch) {
  std::vector<Result<void>> results(batch.size());
  last_jobs_ = batch.size();
  const Result<void> whole = RunJobs(batch, results);
  if (!whole.ok()) {
    if (db_->InTransaction()) (void)db_->Exec("ROLLBACK");
    // Nothing of this transaction is there, so the head is the last one.
    audit_.Restore(Head());
    if (IsFault(whole.error())) Fail(whole.error());
    for (Result<void>& result : results) {
      result = Busy(whole.error().message);
    }
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i]->done.set_value(std::move(results[i]));
  }
  CheckpointIfDue();
}

void Writer::CheckpointIfDue() {
  const int frames = db_->WalFrames();
  if (frames < checkpointed_) checkpointed_ = 0;  // The log began anew.
  if (frames - checkpointed_ < limits_.checkpoint_frames) return;
  db_->Checkpoint(frames >= kLongLog * limits_.checkpoint_frames
                      ? Connection::Checkpointing::kRestart
                      : Connection::Checkpointing::kPassive);
  checkpointed_ = frames;
}

Result<void> Writer::RunJobs(const Batch& batch,
                             std::vector<Result<void>>& results) {
  if (Result<void> begun = db_->Exec("BEGIN IMMEDIATE"); !begun.ok()) {
    return begun;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    results[i] = RunOne(batch[i]->job);
    batch[i]->job = nullptr;
    if (results[i].ok()) continue;
    // SQLite gives up the whole transaction on some faults; and what the file
    // refused once is not worth a commit.
    if (!db_->InTransaction() || IsFault(results[i].error())) {
      return results[i].error();
    }
  }
  return Commit();
}

Result<void> Writer::RunOne(WriteJob& job) {
  const ChainHead before = audit_.head();
  const Result<long long> saved = db_->Run("SAVEPOINT job");
  if (!saved.ok()) return saved.error();
  WriteContext context{*db_, audit_};
  Result<void> done;
  try {
    done = job(context);
  } catch (const std::exception& e) {
    done = Error{Code::kInternal, std::string("store: ") + e.what()};
  }
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
  if (audit_.head() != Head()) {
    if (Result<void> saved = audit_.SaveHead(*db_); !saved.ok()) return saved;
  }
  const auto begin = std::chrono::steady_clock::now();
  if (Result<void> done = db_->Exec("COMMIT"); !done.ok()) return done;
  last_commit_ = std::chrono::steady_clock::now() - begin;
  const MutexLock lock(mutex_);
  committed_ = audit_.head();
  return {};
}

void Writer::Fail(const Error& error) {
  damaged_ = damaged_ || error.code == Code::kDataLoss;
  const MutexLock lock(mutex_);
  failure_ = error.message;
  failing_.store(true);
}

void Writer::Probe() {
  Result<void> done;
  if (damaged_) done = QuickCheck(*db_);
  if (done.ok()) done = db_->Exec("BEGIN IMMEDIATE");
  if (done.ok()) {
    done = db_->Exec(
        "INSERT OR REPLACE INTO probe(one, at) VALUES(1, unixepoch())");
  }
  if (done.ok()) done = db_->Exec("COMMIT");
  if (!done.ok()) {
    if (db_->InTransaction()) (void)db_->Exec("ROLLBACK");
    return Fail(done.error());
  }
  if (Result<void> loaded = audit_.Load(*db_); !loaded.ok()) {
    return Fail(loaded.error());
  }
  damaged_ = false;
  const MutexLock lock(mutex_);
  committed_ = audit_.head();
  failing_.store(false);
}

}  // namespace selfheal::sqlite
