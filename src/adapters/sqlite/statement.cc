#include "adapters/sqlite/statement.h"

#include <sqlite3.h>

#include <type_traits>
#include <utility>

#include "adapters/sqlite/errors.h"

namespace selfheal::sqlite {

Statement::Statement(sqlite3_stmt* statement, std::optional<Error> error)
    : statement_(statement), error_(std::move(error)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

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

sql::ColumnType Statement::TypeOf(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return sql::ColumnType::kNull;
    case SQLITE_INTEGER:
      return sql::ColumnType::kInteger;
    case SQLITE_TEXT:
      return sql::ColumnType::kText;
    default:
      return sql::ColumnType::kOther;
  }
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

void Statement::Bind(int index, const sql::Value& value, Binding binding) {
  if (error_) return;
  sqlite3_destructor_type lifetime =
      binding == Binding::kBorrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
  Check(std::visit(
      [&](const auto& bound) {
        using Bound = std::decay_t<decltype(bound)>;
        if constexpr (std::is_same_v<Bound, std::nullptr_t>) {
          return sqlite3_bind_null(statement_, index);
        } else if constexpr (std::is_same_v<Bound, long long>) {
          return sqlite3_bind_int64(statement_, index, bound);
        } else if constexpr (std::is_same_v<Bound, std::string_view>) {
          return sqlite3_bind_text64(
              statement_, index, bound.data() == nullptr ? "" : bound.data(),
              bound.size(), lifetime, SQLITE_UTF8);
        } else {
          return sqlite3_bind_blob64(
              statement_, index, bound.bytes.empty() ? "" : bound.bytes.data(),
              bound.bytes.size(), lifetime);
        }
      },
      value.any()));
}

}  // namespace selfheal::sqlite
