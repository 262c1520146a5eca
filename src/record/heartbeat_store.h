#pragma once

#include <optional>

#include "core/heartbeat.h"
#include "core/result.h"

namespace selfheal {

/// Port: the last sign of life, from which an outage of ours is known
/// afterwards. Thread-safe.
/// @error kUnavailable  the store.
class HeartbeatStore {
 public:
  virtual ~HeartbeatStore() = default;
  /// Empty where there was none yet.
  virtual Result<std::optional<Heartbeat>> LastBeat() = 0;
  /// Durable.
  virtual Result<void> Beat(const Heartbeat& beat) = 0;
};

}  // namespace selfheal
