#include "adapters/sqlite/sqlite_store.h"

#include <unistd.h>

#include <utility>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/file_lock.h"
#include "adapters/sqlite/schema.h"

namespace selfheal {
namespace {

using sqlite::Connection;
using sqlite::FileLock;

// A caller waits at most 1 s in all, so a lock of another process may take
// less than that.
constexpr std::chrono::milliseconds kBusy{900};

/// The file and its lock.
class SqliteEngine final : public sql::Engine {
 public:
  SqliteEngine(std::string path, std::unique_ptr<FileLock> lock,
               int checkpoint_frames)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        checkpoint_frames_(checkpoint_frames) {}

  /// Makes the file where it is absent.
  Result<std::unique_ptr<Connection>> OpenFirst() {
    return Prepared(
        Connection::Open(path_, Connection::Mode::kReadWrite, kBusy));
  }

  /// The file that we had; never a new one in its place.
  Result<std::unique_ptr<sql::Connection>> OpenWriter() override {
    if (access(path_.c_str(), F_OK) != 0) {
      return Error{Code::kUnavailable, path_ + ": the file is gone"};
    }
    auto db =
        Prepared(Connection::Open(path_, Connection::Mode::kExisting, kBusy));
    if (!db.ok()) return db.error();
    return std::unique_ptr<sql::Connection>(*std::move(db));
  }

  Result<std::unique_ptr<sql::Connection>> OpenReader() override {
    auto db = Connection::Open(path_, Connection::Mode::kReadOnly, kBusy);
    if (!db.ok()) return db.error();
    return std::unique_ptr<sql::Connection>(*std::move(db));
  }

  Result<void> Check(sql::Connection& db) override {
    return sqlite::QuickCheck(db);
  }

 private:
  Result<std::unique_ptr<Connection>> Prepared(
      Result<std::unique_ptr<Connection>> db) const {
    if (db.ok()) (*db)->CheckpointEvery(checkpoint_frames_);
    return db;
  }

  const std::string path_;
  const std::unique_ptr<FileLock> lock_;
  const int checkpoint_frames_;
};

}  // namespace

Result<std::unique_ptr<SqlStore>> OpenSqliteStore(SqliteOptions options) {
  auto lock = FileLock::Take(options.path);
  if (!lock.ok()) return lock.error();
  auto engine = std::make_unique<SqliteEngine>(options.path, *std::move(lock),
                                               options.checkpoint_frames);
  auto db = engine->OpenFirst();
  if (!db.ok()) return db.error();
  Result<void> ready = sqlite::QuickCheck(**db);
  if (ready.ok()) ready = sqlite::Migrate(**db);
  if (!ready.ok()) return ready.error().With(options.path);
  auto store = SqlStore::Over(std::move(engine), *std::move(db),
                              std::move(options.store));
  if (!store.ok()) return store.error().With(options.path);
  return store;
}

}  // namespace selfheal
