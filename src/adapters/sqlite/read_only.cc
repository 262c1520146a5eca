#include "adapters/sqlite/read_only.h"

#include <unistd.h>

#include "adapters/sqlite/schema.h"

namespace selfheal::sqlite {
namespace {

// Who writes an audit down has time; guards do not.
constexpr std::chrono::milliseconds kAuditBusy{5000};
constexpr std::chrono::milliseconds kHistoryBusy{900};

Result<std::unique_ptr<Connection>> OpenExisting(
    const std::string& path, std::chrono::milliseconds busy) {
  if (access(path.c_str(), F_OK) != 0) {
    return Error{Code::kNotFound, path + ": no such database"};
  }
  return Connection::Open(path, Connection::Mode::kReadOnly, busy);
}

}  // namespace

Result<std::unique_ptr<Connection>> OpenAudit(const std::string& path) {
  auto db = OpenExisting(path, kAuditBusy);
  if (!db.ok()) return db;
  if (Result<void> begun = (*db)->BeginSnapshot(); !begun.ok()) {
    return begun.error().With(path);
  }
  sql::Statement query = (*db)->Query(
      "SELECT count(*) FROM sqlite_schema WHERE name IN ('audit', "
      "'audit_head')");
  const bool found = query.Next() && query.Integer(0) == 2;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error().With(path);
  }
  if (!found) return Error{Code::kNotFound, path + ": holds no audit"};
  return db;
}

Result<std::unique_ptr<Connection>> OpenForHistory(const std::string& path) {
  auto db = OpenExisting(path, kHistoryBusy);
  if (!db.ok()) return db;
  if (Result<void> checked = CheckSchema(**db); !checked.ok()) {
    return checked.error().With(path);
  }
  return db;
}

}  // namespace selfheal::sqlite
