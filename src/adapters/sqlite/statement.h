#pragma once

#include <optional>
#include <string>

#include "adapters/sql/connection.h"

struct sqlite3_stmt;

namespace selfheal::sqlite {

/// One use of a prepared statement; gives it back when it goes away.
class Statement final : public sql::Rows {
 public:
  /// Copied: what is bound may go before the statement; borrowed: it stays.
  enum class Binding { kCopied, kBorrowed };

  /// `statement` may be null where `error` says why.
  Statement(sqlite3_stmt* statement, std::optional<Error> error);
  ~Statement() override;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void Bind(int index, const sql::Value& value, Binding binding);

  bool Next() override;
  Result<void> status() const override;
  sql::ColumnType TypeOf(int column) const override;
  long long Integer(int column) const override;
  std::string Text(int column) const override;
  std::size_t Bytes(int column) const override;

 private:
  void Check(int code);

  sqlite3_stmt* statement_;
  std::optional<Error> error_;
};

}  // namespace selfheal::sqlite
