#pragma once

#include <vector>

#include "core/alert.h"
#include "core/result.h"

namespace selfheal {

/// Port: what Alertmanager holds as active now. Thread-safe.
class AlertSource {
 public:
  virtual ~AlertSource() = default;
  /// Every active alert, not silenced and not inhibited.
  /// @error kUnavailable, kDeadlineExceeded  no answer; kInternal  nonsense.
  virtual Result<std::vector<Alert>> Active() = 0;
};

}  // namespace selfheal
