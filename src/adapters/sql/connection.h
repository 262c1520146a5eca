#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/clock.h"
#include "core/result.h"

namespace selfheal::sql {

/// Bytes that are bound and read as they are.
struct Blob {
  std::string_view bytes;
};

/// What one parameter is bound to; borrows its text.
class Value {
 public:
  using Any = std::variant<std::nullptr_t, long long, std::string_view, Blob>;

  explicit Value(std::nullptr_t) : any_(nullptr) {}
  explicit Value(long long value) : any_(value) {}
  explicit Value(int value) : any_(static_cast<long long>(value)) {}
  explicit Value(bool value) : any_(static_cast<long long>(value)) {}
  explicit Value(std::string_view value) : any_(value) {}
  explicit Value(const std::string& value) : any_(std::string_view(value)) {}
  explicit Value(const char* value) : any_(std::string_view(value)) {}
  explicit Value(Blob value) : any_(value) {}
  explicit Value(Time value)
      : any_(static_cast<long long>(value.time_since_epoch().count())) {}
  explicit Value(const std::optional<Time>& value) : any_(nullptr) {
    if (value) any_ = Value(*value).any_;
  }

  const Any& any() const { return any_; }

 private:
  Any any_;
};

enum class ColumnType { kNull, kInteger, kText, kOther };

/// The rows of one query, as an engine gives them.
class Rows {
 public:
  virtual ~Rows() = default;
  /// Moves to the next row; false at the end and on a fault.
  virtual bool Next() = 0;
  /// The fault that ended it, if one did.
  virtual Result<void> status() const = 0;

  /// Columns of the current row, from 0.
  virtual ColumnType TypeOf(int column) const = 0;
  virtual long long Integer(int column) const = 0;
  virtual std::string Text(int column) const = 0;
  /// How long the text or the BLOB is.
  virtual std::size_t Bytes(int column) const = 0;
};

/// One use of a query; gives it back when it goes away.
class Statement {
 public:
  explicit Statement(std::unique_ptr<Rows> rows) : rows_(std::move(rows)) {}

  bool Next() { return rows_->Next(); }
  Result<void> status() const { return rows_->status(); }
  ColumnType TypeOf(int column) const { return rows_->TypeOf(column); }
  long long Integer(int column) const { return rows_->Integer(column); }
  std::string Text(int column) const { return rows_->Text(column); }
  std::size_t Bytes(int column) const { return rows_->Bytes(column); }
  bool IsNull(int column) const { return TypeOf(column) == ColumnType::kNull; }
  Time At(int column) const { return Time(Duration(Integer(column))); }
  std::optional<Time> MaybeAt(int column) const {
    if (IsNull(column)) return std::nullopt;
    return At(column);
  }

 private:
  std::unique_ptr<Rows> rows_;
};

/// One connection to the database of either engine. Not thread-safe.
///
/// Statements are string literals (cached by their address) in the SQL that
/// both engines read; parameters are `?` or `?1`. Numbers are 64 bits, times
/// nanoseconds, truth is 0 or 1; `row` is set by the engine and rises.
class Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A query with its parameters bound.
  template <typename... Values>
  Statement Query(const char* sql, const Values&... values) {
    const std::array<Value, sizeof...(Values)> bound = {Value(values)...};
    return Open(sql, bound);
  }

  /// Runs one statement to its end; returns how many rows it changed.
  template <typename... Values>
  Result<long long> Run(const char* sql, const Values&... values) {
    const std::array<Value, sizeof...(Values)> bound = {Value(values)...};
    return Execute(sql, bound);
  }

  /// The same with values that were gathered.
  Result<long long> RunWith(const char* sql, std::span<const Value> values) {
    return Execute(sql, values);
  }

  /// Runs statements without parameters and rows.
  virtual Result<void> Exec(const char* sql) = 0;

  /// Begins a transaction that writes. It is the only one of all processes
  /// until it ends, and sees what every one before it wrote.
  virtual Result<void> Begin() = 0;
  /// Durable when it returns.
  ///
  /// @error kUnavailable, kDataLoss  it is not known whether it was committed.
  virtual Result<void> Commit() = 0;
  virtual bool InTransaction() const = 0;
  /// Begins one that only reads, all of it from one snapshot.
  virtual Result<void> BeginSnapshot() = 0;

  /// The answer to the last Commit was lost, and CommittedSays can tell.
  virtual bool InDoubt() const { return false; }
  /// True where `fresh`, another connection, sees that it was done.
  virtual bool CommittedSays(Connection& fresh) const {
    (void)fresh;
    return false;
  }
  /// The table incident_words is there: an index of every three characters of
  /// incident_texts.
  virtual bool HasWordIndex() const { return false; }
  /// After a transaction, while nobody waits.
  virtual void Tidy() {}

 protected:
  Connection() = default;

 private:
  /// What `values` borrow may be gone afterwards.
  virtual Statement Open(const char* sql, std::span<const Value> values) = 0;
  virtual Result<long long> Execute(const char* sql,
                                    std::span<const Value> values) = 0;
};

/// The `row` that an INSERT with RETURNING row made.
Result<long long> NewRow(Statement insert);

/// Keeps processes that share the store from writing about each other's
/// targets; both ask inside the transaction that writes. A target is the text
/// of its ObjectRef. Thread-safe.
class Fence {
 public:
  virtual ~Fence() = default;
  /// @error kAborted  another process has this target in hand.
  virtual Result<void> CheckFree(Connection& db,
                                 const std::string& target) const = 0;
  /// @error kAborted  this process has it not, or not any more.
  virtual Result<void> CheckHeld(Connection& db,
                                 const std::string& target) const = 0;
};

/// One of the two engines that keep the store, and where its database is.
class Engine {
 public:
  virtual ~Engine() = default;
  /// A connection for the writer; to a database that is there.
  virtual Result<std::unique_ptr<Connection>> OpenWriter() = 0;
  /// One that never writes. Thread-safe.
  virtual Result<std::unique_ptr<Connection>> OpenReader() = 0;
  /// Looks whether what is stored, or how, can be relied on. Thread-safe.
  ///
  /// @error kDataLoss  damaged; kFailedPrecondition  it can't be relied on.
  virtual Result<void> Check(Connection& db) = 0;
  /// Null where one process has it all.
  virtual const Fence* fence() const { return nullptr; }
};

}  // namespace selfheal::sql
