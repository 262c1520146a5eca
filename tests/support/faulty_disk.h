#pragma once

#include <memory>

namespace selfheal::testing {

/// While it lives, SQLite's files are on a disk that fails and waits as a test
/// says. Databases that are opened meanwhile must be closed before it goes; one
/// lives at a time. Thread-safe.
///
/// What counts as a call: each write, sync and cut of a database or its log.
class FaultyDisk {
 public:
  enum class Fault {
    kOnce,    ///< That call alone.
    kOnwards  ///< That call and every later one, until Heal.
  };

  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// The `nth` call from now on (1 = the next) fails.
  void FailAt(int nth, Fault fault);
  /// No call fails or waits any more.
  void Heal();
  /// Every call waits from now on, until Heal.
  void Stall();
  /// Calls since FailAt.
  int calls() const;

 private:
  struct Disk;
  std::unique_ptr<Disk> disk_;
};

}  // namespace selfheal::testing
