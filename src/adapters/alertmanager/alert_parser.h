#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/result.h"

namespace selfheal::alertmanager {

/// What GET /api/v2/alerts holds.
struct AlertList {
  std::vector<Alert> alerts;
  std::size_t malformed = 0;  ///< Elements that could not be taken.
};

/// Parses the array of /api/v2/alerts; every alert in it counts as firing.
///
/// The fingerprint is derived from the labels (it is a function of them). A
/// malformed element does not take its neighbours along; memory is that of
/// one element, not of the whole body.
/// @error kInternal  not an array, or none of its elements is an alert.
Result<AlertList> ParseAlerts(std::string_view body);

}  // namespace selfheal::alertmanager
