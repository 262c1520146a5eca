#include "adapters/sqlite/errors.h"

#include <sqlite3.h>

#include <string>

namespace selfheal::sqlite {
namespace {

Code CodeOf(int code) {
  if (code == SQLITE_CONSTRAINT_UNIQUE ||
      code == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return Code::kAlreadyExists;
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      return Code::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kDataLoss;
    case SQLITE_TOOBIG:
      return Code::kInvalidArgument;
    default:
      return Code::kInternal;
  }
}

}  // namespace

Error ErrorOf(sqlite3* db, int code) {
  std::string text = "sqlite: ";
  text += sqlite3_errstr(code);
  if (db != nullptr && sqlite3_errcode(db) == (code & 0xff)) {
    text += ": ";
    text += sqlite3_errmsg(db);
  }
  return {CodeOf(code), text};
}

}  // namespace selfheal::sqlite
