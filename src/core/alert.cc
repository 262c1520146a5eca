#include "core/alert.h"

namespace selfheal {

std::string_view AlertStatusName(AlertStatus status) {
  switch (status) {
    case AlertStatus::kFiring:
      return "firing";
    case AlertStatus::kResolved:
      return "resolved";
  }
  return "firing";
}

std::optional<AlertStatus> ParseAlertStatus(std::string_view name) {
  if (name == "firing") return AlertStatus::kFiring;
  if (name == "resolved") return AlertStatus::kResolved;
  return std::nullopt;
}

std::string_view AlertName(const Alert& alert) {
  return LabelOr(alert.labels, "alertname");
}

}  // namespace selfheal
