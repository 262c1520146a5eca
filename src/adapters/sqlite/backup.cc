#include "adapters/sqlite/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/read_only.h"
#include "adapters/sqlite/schema.h"

namespace selfheal {
namespace {

using sqlite::Connection;

constexpr std::chrono::seconds kBusy{5};

Error Failed(const std::string& path) {
  return {Code::kUnavailable,
          path + ": " + std::generic_category().message(errno)};
}

/// Makes the empty file, for its owner alone.
Result<void> Claim(const std::string& path) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) {
    return Error{Code::kAlreadyExists, path + ": exists"};
  }
  if (file < 0) return Failed(path);
  close(file);
  return {};
}

Result<void> Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed(path);
  const bool synced = fsync(file) == 0;
  close(file);
  if (!synced) return Failed(path);
  return {};
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

Result<void> Copy(const std::string& path, const std::string& to) {
  auto db = Connection::Open(path, Connection::Mode::kReadOnly, kBusy);
  if (!db.ok()) return db.error();
  Result<void> done = (*db)->CopyInto(to);
  if (done.ok()) done = Sync(to);
  if (done.ok()) done = Sync(FolderOf(to));
  return done;
}

Result<AuditReport> Check(const std::string& path, const Digester& digester) {
  auto copy = Connection::Open(path, Connection::Mode::kReadOnly, kBusy);
  if (!copy.ok()) return copy.error();
  if (auto checked = sqlite::QuickCheck(**copy); !checked.ok()) {
    return checked.error();
  }
  auto audit = sqlite::OpenAudit(path);
  if (!audit.ok()) return audit.error();
  return VerifyAudit(**audit, digester);
}

}  // namespace

Result<AuditReport> Backup(const std::string& path, const std::string& to,
                           const Digester& digester) {
  if (!std::filesystem::exists(path)) {
    return Error{Code::kNotFound, path + ": no such file"};
  }
  if (auto claimed = Claim(to); !claimed.ok()) return claimed.error();
  const Result<void> copied = Copy(path, to);
  auto report =
      copied.ok() ? Check(to, digester) : Result<AuditReport>(copied.error());
  if (!report.ok()) {
    std::error_code ignored;
    std::filesystem::remove(to, ignored);
    return report.error().With("back up to " + to);
  }
  return report;
}

}  // namespace selfheal
