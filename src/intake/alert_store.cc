#include "intake/alert_store.h"

#include <algorithm>
#include <string>

namespace selfheal {
namespace {

/// Of so many rejected alerts the place and the reason are written down.
constexpr std::size_t kMostNamed = 20;

AuditRecord Record(const AlertGroup& group, Time now, std::string outcome,
                   std::string reason) {
  return {
      .seq = 0,
      .at = now,
      .incident_id = "",
      .stage = Stage::kIntake,
      .outcome = std::move(outcome),
      .reason = std::move(reason),
      .data = {{"group_key", group.group_key}, {"receiver", group.receiver}}};
}

}  // namespace

std::vector<AuditRecord> LeftOut(const AlertGroup& group, Time now) {
  std::vector<AuditRecord> records;
  if (!group.rejected.empty()) {
    AuditRecord record =
        Record(group, now, "rejected",
               std::to_string(group.rejected.size()) + " of " +
                   std::to_string(group.received) + " alerts are malformed");
    const std::size_t named = std::min(group.rejected.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i) {
      const RejectedAlert& one = group.rejected[i];
      record.data.emplace_back("alert_" + std::to_string(one.index),
                               one.field + ": " + one.reason);
    }
    records.push_back(std::move(record));
  }
  if (group.truncated_alerts > 0) {
    records.push_back(Record(group, now, "truncated",
                             std::to_string(group.truncated_alerts) +
                                 " alerts were cut off by max_alerts"));
  }
  return records;
}

}  // namespace selfheal
