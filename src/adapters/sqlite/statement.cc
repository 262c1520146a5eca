#include <sqlite3.h>

#include <utility>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/errors.h"

namespace selfheal::sqlite {

Statement::Statement(sqlite3_stmt* statement, std::optional<Error> error)
    : statement_(statement), error_(std::move(error)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      error_(std::move(other.error_)),
      borrows_(other.borrows_) {}

void Statement::Check(int code) {
  if (code == SQLITE_OK || error_) return;
  error_ = ErrorOf(sqlite3_db_handle(statement_), code);
}

bool Statement::Next() {
  if (error_ || statement_ == nullptr) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Check(code);
  return false;
}

Result<void> Statement::status() const {
  if (error_) return *error_;
  return {};
}

long long Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::Text(int column) const {
  const auto* bytes =
      static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(size));
}

std::size_t Statement::Bytes(int column) const {
  return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Time Statement::At(int column) const { return Time(Duration(Integer(column))); }

std::optional<Time> Statement::MaybeAt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return At(column);
}

void Statement::Bind(int index, long long value) {
  if (!error_) Check(sqlite3_bind_int64(statement_, index, value));
}

void Statement::Bind(int index, int value) {
  Bind(index, static_cast<long long>(value));
}

void Statement::Bind(int index, bool value) {
  Bind(index, static_cast<long long>(value));
}

void Statement::Bind(int index, std::string_view value) {
  if (error_) return;
  Check(sqlite3_bind_text64(
      statement_, index, value.data() == nullptr ? "" : value.data(),
      value.size(), borrows_ ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::Bind(int index, Blob value) {
  if (error_) return;
  Check(sqlite3_bind_blob64(
      statement_, index, value.bytes.empty() ? "" : value.bytes.data(),
      value.bytes.size(), borrows_ ? SQLITE_STATIC : SQLITE_TRANSIENT));
}

void Statement::Bind(int index, Time value) {
  Bind(index, static_cast<long long>(value.time_since_epoch().count()));
}

void Statement::Bind(int index, const std::optional<Time>& value) {
  if (value) {
    Bind(index, *value);
  } else {
    Bind(index, nullptr);
  }
}

void Statement::Bind(int index, std::nullptr_t) {
  if (!error_) Check(sqlite3_bind_null(statement_, index));
}

}  // namespace selfheal::sqlite
