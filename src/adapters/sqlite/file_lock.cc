#include "adapters/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace selfheal::sqlite {
namespace {

/// What the last failed call says.
std::string Why() { return std::system_category().message(errno); }

/// The pid that the holder wrote, or "?" in the moment before it did.
std::string Holder(int descriptor) {
  char text[24];
  const ssize_t size = pread(descriptor, text, sizeof text, 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[i] >= '0' && text[i] <= '9'; ++i) {
    pid += text[i];
  }
  return pid.empty() ? "?" : pid;
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::Take(const std::string& path) {
  const std::string name = path + ".lock";
  const int descriptor = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Error{Code::kUnavailable, name + ": " + Why()};
  }
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return Error{Code::kUnavailable, name + ": " + Why()};
    }
    return Error{Code::kFailedPrecondition,
                 path + " is in use by process " + Holder(descriptor)};
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, pid.data(), pid.size(), 0) < 0) {
    return Error{Code::kUnavailable, name + ": " + Why()};
  }
  // Closed before SQLite opens it, so that no lock of its own is lost.
  const int database = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (database < 0) {
    return Error{Code::kUnavailable, path + ": " + Why()};
  }
  close(database);
  return lock;
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace selfheal::sqlite
