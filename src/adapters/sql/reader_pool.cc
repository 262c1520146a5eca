#include "adapters/sql/reader_pool.h"

namespace selfheal::sql {
namespace {

constexpr std::size_t kIdle = 8;

}  // namespace

Result<std::unique_ptr<Connection>> ReaderPool::Begun() {
  if (std::unique_ptr<Connection> kept = Take()) {
    if (kept->BeginSnapshot().ok()) return kept;
    Forget();
  }
  Result<std::unique_ptr<Connection>> db = engine_.OpenReader();
  if (!db.ok()) return db;
  if (Result<void> begun = (*db)->BeginSnapshot(); !begun.ok()) {
    return begun.error();
  }
  return db;
}

std::unique_ptr<Connection> ReaderPool::Take() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Connection> db = std::move(idle_.back());
  idle_.pop_back();
  return db;
}

void ReaderPool::Forget() {
  std::vector<std::unique_ptr<Connection>> bad;
  const MutexLock lock(mutex_);
  bad.swap(idle_);
}

void ReaderPool::Give(std::unique_ptr<Connection> db) {
  const MutexLock lock(mutex_);
  if (idle_.size() < kIdle) idle_.push_back(std::move(db));
}

}  // namespace selfheal::sql
