#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace selfheal::sqlite {

/// Bytes that are bound and read as a BLOB.
struct Blob {
  std::string_view bytes;
};

/// One use of a prepared statement; gives it back when it goes away.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, std::optional<Error> error);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Moves to the next row; false at the end and on a fault.
  bool Next();
  /// The fault that ended it, if one did.
  Result<void> status() const;

  /// Columns of the current row, from 0.
  long long Integer(int column) const;
  std::string Text(int column) const;
  /// How long the text or the BLOB is.
  std::size_t Bytes(int column) const;
  bool IsNull(int column) const;
  Time At(int column) const;
  std::optional<Time> MaybeAt(int column) const;

  /// What is bound from here on outlives the statement: no copies are made.
  void Borrow() { borrows_ = true; }

  void Bind(int index, long long value);
  void Bind(int index, int value);
  void Bind(int index, bool value);
  void Bind(int index, std::string_view value);
  void Bind(int index, Blob value);
  void Bind(int index, Time value);
  void Bind(int index, const std::optional<Time>& value);
  void Bind(int index, std::nullptr_t);

 private:
  void Check(int code);

  sqlite3_stmt* statement_;
  std::optional<Error> error_;
  bool borrows_ = false;
};

/// One connection to the database file. Not thread-safe.
class Connection {
 public:
  /// kReadWrite makes a file that is not there; kExisting never does.
  enum class Mode { kReadWrite, kExisting, kReadOnly };

  /// Opens the file (made by kReadWrite where it is absent) and sets what
  /// every connection needs; waits at most `busy` for other processes.
  static Result<std::unique_ptr<Connection>> Open(
      const std::string& path, Mode mode, std::chrono::milliseconds busy);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs statements that give no rows.
  Result<void> Exec(const char* sql);

  /// A query with its parameters bound; `sql` is a string literal (statements
  /// are cached by its address).
  template <typename... Values>
  Statement Query(const char* sql, const Values&... values) {
    Statement statement = Prepare(sql);
    int index = 0;
    (statement.Bind(++index, values), ...);
    return statement;
  }

  /// Runs one statement to its end; returns how many rows it changed.
  template <typename... Values>
  Result<long long> Run(const char* sql, const Values&... values) {
    Statement statement = Prepare(sql);
    statement.Borrow();
    int index = 0;
    (statement.Bind(++index, values), ...);
    while (statement.Next()) {
    }
    if (Result<void> status = statement.status(); !status.ok()) {
      return status.error();
    }
    return Changes();
  }

  long long LastRow() const;
  bool InTransaction() const;
  /// The file is no longer where it was opened: moved, deleted or replaced.
  bool HasMoved() const;
  /// Frames in the write-ahead log after the last commit.
  int WalFrames() const { return wal_frames_; }
  enum class Checkpointing {
    kPassive,  ///< As far as no reader stands in the way.
    kRestart,  ///< Waits for readers, so that the log begins anew.
  };
  /// Moves the log into the file.
  void Checkpoint(Checkpointing how);
  /// Writes one consistent snapshot of the whole into the empty file `path`;
  /// for a connection of kReadOnly.
  Result<void> CopyInto(const std::string& path);

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  Statement Prepare(const char* sql);
  long long Changes() const;

  sqlite3* db_;
  int wal_frames_ = 0;
  std::map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace selfheal::sqlite
