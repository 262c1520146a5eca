#pragma once

#include <cstddef>
#include <string_view>

#include "core/alert.h"
#include "core/result.h"

namespace selfheal {

/// Bounds of one payload. The defaults hold for `serve`.
struct IntakeLimits {
  /// Alerts in one group (`limits.alerts_per_group`).
  std::size_t alerts = 10000;
  /// Labels, and annotations, of one alert.
  std::size_t labels = 128;
  /// Bytes of one string.
  std::size_t string_bytes = 64 << 10;
  /// Levels of nesting.
  std::size_t depth = 32;
  /// Values in the whole body, also those of unknown fields.
  std::size_t values = 2'000'000;
};

/// Reads one Alertmanager webhook body, payload version "4".
///
/// Unknown fields are ignored. Builds one alert at a time, so that memory stays
/// near the size of the wire. An alert that cannot be taken lands in
/// `rejected`; its neighbours in `alerts`, in the order of the payload.
///
/// @param body  UTF-8 JSON, one object; white space may follow it.
/// @return      a group whose `received` is the length of `alerts` on the wire.
/// @error kInvalidArgument    "<field>: <reason>"; not JSON, a duplicate key, a
///                            missing or mistyped envelope field, another
///                            version, a structure beyond the limits.
/// @error kResourceExhausted  more than `limits.alerts` alerts.
/// Deterministic. Thread-safe. Cost: O(body).
Result<AlertGroup> ParseAlertGroup(std::string_view body,
                                   const IntakeLimits& limits);

}  // namespace selfheal
