#include "intake/alert_builder.h"

#include <array>
#include <utility>

namespace selfheal {
namespace {

constexpr std::array<std::pair<AlertField, std::string_view>, 7> kNames = {{
    {AlertField::kStatus, "status"},
    {AlertField::kLabels, "labels"},
    {AlertField::kAnnotations, "annotations"},
    {AlertField::kStartsAt, "startsAt"},
    {AlertField::kEndsAt, "endsAt"},
    {AlertField::kGeneratorUrl, "generatorURL"},
    {AlertField::kFingerprint, "fingerprint"},
}};

constexpr std::string_view kTimeRule =
    "must be an RFC 3339 time of the years 1678 to 2261";

/// Go's zero time, which Alertmanager writes for "not yet".
bool IsZeroTime(std::string_view text) {
  return text.substr(0, 19) == "0001-01-01T00:00:00";
}

}  // namespace

std::string_view FieldName(AlertField field) {
  for (const auto& [known, name] : kNames) {
    if (known == field) return name;
  }
  return "";
}

std::optional<AlertField> ParseAlertField(std::string_view name) {
  for (const auto& [field, known] : kNames) {
    if (known == name) return field;
  }
  return std::nullopt;
}

void AlertBuilder::Set(AlertField field, std::string value) {
  if (value.size() > max_string_) {
    Reject(std::string(FieldName(field)), "is too long");
    return;
  }
  switch (field) {
    case AlertField::kStatus:
      return SetStatus(value);
    case AlertField::kStartsAt:
      return SetStartsAt(value);
    case AlertField::kEndsAt:
      return SetEndsAt(value);
    case AlertField::kGeneratorUrl:
      alert_.generator_url = std::move(value);
      return;
    case AlertField::kFingerprint:
      // Not kept: identity is what the labels say, so that two alerts with
      // different labels never pass for one.
      return;
    case AlertField::kLabels:
    case AlertField::kAnnotations:
      return Reject(std::string(FieldName(field)), "must be an object");
  }
}

void AlertBuilder::SetStatus(const std::string& value) {
  const auto status = ParseAlertStatus(value);
  if (!status) return Reject("status", "must be firing or resolved");
  alert_.status = *status;
  has_status_ = true;
}

void AlertBuilder::SetStartsAt(const std::string& value) {
  const auto time = ParseTime(value);
  if (!time) return Reject("startsAt", std::string(kTimeRule));
  alert_.starts_at = *time;
  has_starts_at_ = true;
}

void AlertBuilder::SetEndsAt(const std::string& value) {
  if (IsZeroTime(value)) return;
  alert_.ends_at = ParseTime(value);
  if (!alert_.ends_at) Reject("endsAt", std::string(kTimeRule));
}

void AlertBuilder::Reject(std::string field, std::string reason) {
  if (rejected_) return;
  rejected_ = RejectedAlert{index_, std::move(field), std::move(reason)};
}

void AlertBuilder::CheckText(std::string_view where, const Labels& labels) {
  for (const auto& [name, value] : labels) {
    if (name.empty()) return Reject(std::string(where), "has an empty name");
    if (name.size() > max_string_ || value.size() > max_string_) {
      return Reject(std::string(where) + "." + name.substr(0, 100),
                    "is too long");
    }
    if (name.find('\0') != std::string::npos ||
        value.find('\0') != std::string::npos) {
      return Reject(std::string(where), "holds a NUL character");
    }
  }
}

std::variant<Alert, RejectedAlert> AlertBuilder::Finish() && {
  if (!has_status_) Reject("status", "is missing");
  if (alert_.labels.empty()) Reject("labels", "must not be empty");
  if (!has_starts_at_) Reject("startsAt", "is missing");
  CheckText("labels", alert_.labels);
  CheckText("annotations", alert_.annotations);
  if (alert_.generator_url.find('\0') != std::string::npos) {
    Reject("generatorURL", "holds a NUL character");
  }
  if (rejected_) return *std::move(rejected_);
  alert_.fingerprint = Fingerprint(alert_.labels);
  return std::move(alert_);
}

}  // namespace selfheal
