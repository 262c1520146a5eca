#pragma once

#include <optional>
#include <string>

#include "core/clock.h"

namespace selfheal {

/// A breaker that is open: "global", or a runbook's name.
struct BreakerRow {
  std::string scope;
  Time opened_at;
  std::string reason;
  /// When it closes by itself; empty = only a person closes it.
  std::optional<Time> closes_at;
};

}  // namespace selfheal
