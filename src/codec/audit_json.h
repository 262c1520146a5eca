#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/record.h"
#include "core/result.h"

namespace selfheal {

/// `fields` as one JSON object; of a key that stands twice the last counts.
std::string FieldsJson(const Fields& fields);

/// The inverse of FieldsJson.
///
/// @error kDataLoss  the text is not what FieldsJson writes.
Result<Fields> ParseFields(std::string_view text);

/// The one line over which an audit row's hash is taken. `data` is the text
/// of FieldsJson and stands in the line as it is; `record.data` is not read.
std::string CanonicalAuditLine(const AuditRecord& record,
                               std::string_view data);

/// {"items":[{seq, at, stage, outcome, reason, data}]}, as given.
std::string TimelineJson(std::span<const AuditRecord> records);

}  // namespace selfheal
