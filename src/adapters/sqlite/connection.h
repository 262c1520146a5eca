#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "adapters/sql/connection.h"

struct sqlite3;
struct sqlite3_stmt;

namespace selfheal::sqlite {

/// One connection to the database file. Not thread-safe.
class Connection final : public sql::Connection {
 public:
  /// kReadWrite makes a file that is not there; kExisting never does.
  enum class Mode { kReadWrite, kExisting, kReadOnly };

  /// Opens the file (made by kReadWrite where it is absent) and sets what
  /// every connection needs; waits at most `busy` for other processes.
  static Result<std::unique_ptr<Connection>> Open(
      const std::string& path, Mode mode, std::chrono::milliseconds busy);
  ~Connection() override;

  Result<void> Exec(const char* sql) override;
  Result<void> Begin() override;
  /// Also fails where the file is no longer where it was opened.
  Result<void> Commit() override;
  bool InTransaction() const override;
  Result<void> BeginSnapshot() override;
  bool HasWordIndex() const override { return true; }
  /// Moves the log into the file where it has grown.
  void Tidy() override;

  /// Frames of the log from one checkpoint to the next; a log of four times
  /// that, which readers kept from beginning anew, makes them be waited for.
  void CheckpointEvery(int frames) { checkpoint_frames_ = frames; }
  /// Writes one consistent snapshot of the whole into the empty file `path`;
  /// for a connection of kReadOnly.
  Result<void> CopyInto(const std::string& path);

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  sql::Statement Open(const char* sql,
                      std::span<const sql::Value> values) override;
  Result<long long> Execute(const char* sql,
                            std::span<const sql::Value> values) override;
  Result<sqlite3_stmt*> Prepare(const char* sql);
  bool HasMoved() const;

  sqlite3* db_;
  int wal_frames_ = 0;  ///< In the write-ahead log after the last commit.
  int checkpointed_ = 0;
  int checkpoint_frames_ = 4000;
  std::map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace selfheal::sqlite
