#pragma once

#include <memory>
#include <string>

#include "core/result.h"

namespace selfheal::sqlite {

/// Holds a database for one process, by flock on `<path>.lock`.
///
/// Not on the database itself: closing any descriptor of that file would drop
/// the locks that SQLite holds on it.
class FileLock {
 public:
  /// Takes the lock and makes the database file, readable by its owner alone,
  /// where it is absent.
  ///
  /// @error kFailedPrecondition  another process holds it; names its pid.
  ///        kUnavailable  one of the files can't be made.
  static Result<std::unique_ptr<FileLock>> Take(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace selfheal::sqlite
