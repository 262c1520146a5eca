#include "adapters/sqlite/reader_pool.h"

namespace selfheal::sqlite {
namespace {

constexpr std::size_t kIdle = 8;

}  // namespace

Result<std::unique_ptr<Connection>> ReaderPool::Take() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> db = std::move(idle_.back());
      idle_.pop_back();
      return db;
    }
  }
  return Connection::Open(path_, Connection::Mode::kReadOnly, busy_);
}

void ReaderPool::Give(std::unique_ptr<Connection> db) {
  const MutexLock lock(mutex_);
  if (idle_.size() < kIdle) idle_.push_back(std::move(db));
}

}  // namespace selfheal::sqlite
