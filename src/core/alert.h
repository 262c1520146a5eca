#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/labels.h"

namespace selfheal {

/// Whether Alertmanager says that the alert burns; a resolved alert is never
/// taken alone as proof of recovery (Prometheus may have gone silent).
enum class AlertStatus { kFiring, kResolved };

/// "firing" or "resolved", in JSON, storage and metric labels alike.
std::string_view AlertStatusName(AlertStatus status);

/// The inverse of AlertStatusName.
std::optional<AlertStatus> ParseAlertStatus(std::string_view name);

/// One alert as Alertmanager posts it. (fingerprint, starts_at) names the
/// episode; starts_at may move earlier while it is the same episode.
struct Alert {
  /// Of `labels`, 16 lower-hex; verified or derived by intake.
  std::string fingerprint;
  AlertStatus status = AlertStatus::kFiring;
  /// At least one; untrusted.
  Labels labels;
  Labels annotations;
  Time starts_at;
  /// None while firing (Alertmanager writes 0001-01-01 then).
  std::optional<Time> ends_at;
  /// Untrusted text; never fetched.
  std::string generator_url;

  bool operator==(const Alert&) const = default;
};

/// The label alertname, or "" (it is conventional, not guaranteed).
std::string_view AlertName(const Alert& alert);

/// One alert of a good envelope that could not be taken, and why.
struct RejectedAlert {
  /// Its place in the payload's `alerts`, from 0.
  std::size_t index = 0;
  std::string field;
  std::string reason;

  bool operator==(const RejectedAlert&) const = default;
};

/// One notification of Alertmanager: a whole group, not a delta. The group's
/// own `status` covers only the alerts that were not cut off, so nothing may
/// be decided by it: act per alert.
struct AlertGroup {
  /// Payload version, "4".
  std::string version;
  /// Opaque; identity of the group.
  std::string group_key;
  /// As sent: escaped as a regular expression.
  std::string receiver;
  AlertStatus status = AlertStatus::kFiring;
  std::string external_url;
  /// How many alerts `max_alerts` cut off.
  unsigned long long truncated_alerts = 0;
  std::vector<Alert> alerts;
  std::vector<RejectedAlert> rejected;
  /// Alerts in the payload: alerts.size() + rejected.size().
  std::size_t received = 0;
};

}  // namespace selfheal
