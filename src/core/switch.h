#pragma once

#include <string>
#include <vector>

namespace selfheal {

/// What the switches of this process say at one moment. A switch that can't
/// be read counts as on.
struct SwitchReading {
  /// Those that are on: "file", "process".
  std::vector<std::string> sources;
  std::string reason;  ///< One sentence; empty where none is on.

  bool on() const { return !sources.empty(); }
};

/// Port of guard and execute: the kill switches that need no store, no network
/// and no cluster. Never throws, never blocks; thread-safe.
class SwitchReader {
 public:
  virtual ~SwitchReader() = default;
  virtual SwitchReading Read() = 0;
};

}  // namespace selfheal
