#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/alert.h"
#include "core/labels.h"
#include "core/result.h"

namespace selfheal {

/// Labels as one JSON object, sorted by name.
std::string LabelsJson(const Labels& labels);

/// The inverse of LabelsJson.
///
/// @error kDataLoss  the text is not what LabelsJson writes.
Result<Labels> ParseLabels(std::string_view text);

/// One line of a listing of stored alerts.
struct AlertEntry {
  const Alert* alert = nullptr;
  std::string_view incident;  ///< "" = none.
};

/// {"items":[{fingerprint, alertname, starts_at, status, incident}],
/// "next":cursor or null}; an alert without an incident has null there.
std::string AlertListJson(std::span<const AlertEntry> alerts,
                          const std::optional<long long>& next);

}  // namespace selfheal
