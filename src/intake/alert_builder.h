#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/alert.h"

namespace selfheal {

/// The fields of one alert on the wire that the product reads.
enum class AlertField {
  kStatus,
  kLabels,
  kAnnotations,
  kStartsAt,
  kEndsAt,
  kGeneratorUrl,
  kFingerprint,
};

/// The name of `field` on the wire, e.g. "startsAt".
std::string_view FieldName(AlertField field);

/// The inverse of FieldName.
std::optional<AlertField> ParseAlertField(std::string_view name);

/// Collects the fields of one alert and judges them as a whole.
///
/// The first reason to reject wins. Not thread-safe.
class AlertBuilder {
 public:
  AlertBuilder(std::size_t index, std::size_t max_string)
      : index_(index), max_string_(max_string) {}

  Labels& labels() { return alert_.labels; }
  Labels& annotations() { return alert_.annotations; }

  /// Takes a string field; its time or status is parsed at once.
  void Set(AlertField field, std::string value);

  /// The alert will be rejected; `field` is a path such as "labels.pod".
  void Reject(std::string field, std::string reason);

  /// The alert, or why there is none. Call once, last.
  std::variant<Alert, RejectedAlert> Finish() &&;

 private:
  void SetStatus(const std::string& value);
  void SetStartsAt(const std::string& value);
  void SetEndsAt(const std::string& value);
  void CheckText(std::string_view where, const Labels& labels);

  std::size_t index_;
  std::size_t max_string_;
  Alert alert_;
  bool has_status_ = false;
  bool has_starts_at_ = false;
  std::optional<RejectedAlert> rejected_;
};

}  // namespace selfheal
