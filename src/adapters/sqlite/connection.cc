#include "adapters/sqlite/connection.h"

#include <sqlite3.h>

#include <utility>

#include "adapters/sqlite/errors.h"
#include "adapters/sqlite/statement.h"

namespace selfheal::sqlite {
namespace {

constexpr const char* kSettings =
    "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
    "PRAGMA temp_store=MEMORY;";
// A WAL of 16 MB is moved into the file before it grows further; it is written
// over and never cut, since growing a file costs an fsync of its metadata.
// What is deleted (decided approvals, old evidence) is overwritten.
constexpr const char* kWriterSettings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-32000;"
    "PRAGMA secure_delete=ON;";
constexpr const char* kReaderSettings =
    "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0;"
    "PRAGMA cache_size=-1000;";

// Checkpoints' worth of frames from which readers are waited for.
constexpr int kLongLog = 4;

int KeepFrames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<int*>(frames) = count;
  return SQLITE_OK;
}

void SetLimits(sqlite3* db) {
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 64 << 20);
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 64 << 10);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_extended_result_codes(db, 1);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(
    const std::string& path, Mode mode, std::chrono::milliseconds busy) {
  int flags = SQLITE_OPEN_READONLY;
  if (mode != Mode::kReadOnly) flags = SQLITE_OPEN_READWRITE;
  if (mode == Mode::kReadWrite) flags |= SQLITE_OPEN_CREATE;
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> out(new Connection(db));
  if (code != SQLITE_OK) return ErrorOf(db, code).With("open " + path);
  SetLimits(db);
  sqlite3_busy_timeout(db, static_cast<int>(busy.count()));
  sqlite3_wal_hook(db, KeepFrames, &out->wal_frames_);
  Result<void> set = out->Exec(kSettings);
  if (set.ok()) {
    set =
        out->Exec(mode == Mode::kReadOnly ? kReaderSettings : kWriterSettings);
  }
  // Setting the automatic checkpoint replaces the hook.
  sqlite3_wal_hook(db, KeepFrames, &out->wal_frames_);
  if (!set.ok()) return set.error().With("open " + path);
  return out;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

Result<void> Connection::Exec(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return ErrorOf(db_, code);
  return {};
}

Result<sqlite3_stmt*> Connection::Prepare(const char* sql) {
  sqlite3_stmt*& cached = statements_[sql];
  if (cached == nullptr) {
    const int code = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &cached, nullptr);
    if (code != SQLITE_OK) return ErrorOf(db_, code);
  }
  SELFHEAL_CHECK(sqlite3_stmt_busy(cached) == 0);
  return cached;
}

sql::Statement Connection::Open(const char* sql,
                                std::span<const sql::Value> values) {
  const Result<sqlite3_stmt*> prepared = Prepare(sql);
  auto rows = prepared.ok()
                  ? std::make_unique<Statement>(*prepared, std::nullopt)
                  : std::make_unique<Statement>(nullptr, prepared.error());
  int index = 0;
  for (const sql::Value& value : values) {
    rows->Bind(++index, value, Statement::Binding::kCopied);
  }
  return sql::Statement(std::move(rows));
}

Result<long long> Connection::Execute(const char* sql,
                                      std::span<const sql::Value> values) {
  const Result<sqlite3_stmt*> prepared = Prepare(sql);
  if (!prepared.ok()) return prepared.error();
  Statement statement(*prepared, std::nullopt);
  int index = 0;
  for (const sql::Value& value : values) {
    statement.Bind(++index, value, Statement::Binding::kBorrowed);
  }
  while (statement.Next()) {
  }
  if (Result<void> status = statement.status(); !status.ok()) {
    return status.error();
  }
  return sqlite3_changes64(db_);
}

Result<void> Connection::Begin() {
  const Result<long long> begun = Run("BEGIN IMMEDIATE");
  if (!begun.ok()) return begun.error();
  return {};
}

Result<void> Connection::BeginSnapshot() { return Exec("BEGIN"); }

Result<void> Connection::Commit() {
  if (auto done = Run("COMMIT"); !done.ok()) return done.error();
  // What was written to a file without a name is lost with this process.
  if (HasMoved()) {
    return Error{Code::kUnavailable, "the file was moved or deleted"};
  }
  return {};
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

bool Connection::HasMoved() const {
  int moved = 0;
  const int code =
      sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

void Connection::Tidy() {
  if (wal_frames_ < checkpointed_) checkpointed_ = 0;  // The log began anew.
  if (wal_frames_ - checkpointed_ < checkpoint_frames_) return;
  // Where it fails the log only stays longer; the next commit tells of faults.
  sqlite3_wal_checkpoint_v2(db_, nullptr,
                            wal_frames_ >= kLongLog * checkpoint_frames_
                                ? SQLITE_CHECKPOINT_RESTART
                                : SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
  checkpointed_ = wal_frames_;
}

Result<void> Connection::CopyInto(const std::string& path) {
  // VACUUM attaches the copy and writes to it.
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 1);
  Result<void> done = Exec("PRAGMA query_only=OFF");
  if (done.ok()) {
    const Result<long long> copied = Run("VACUUM INTO ?", path);
    if (!copied.ok()) done = copied.error();
  }
  const Result<void> closed = Exec("PRAGMA query_only=ON");
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 0);
  return done.ok() ? closed : done;
}

}  // namespace selfheal::sqlite
