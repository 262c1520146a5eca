#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/budget.h"
#include "core/incident.h"
#include "core/kept_evidence.h"
#include "core/record.h"
#include "core/result.h"

namespace selfheal {

/// How one open intent ended.
struct IntentOutcome {
  std::string intent_id;
  ExecutionOutcome outcome = ExecutionOutcome::kUnknown;
  std::string detail;
};

/// How one action ended; frees its slot and starts its cooldown. Of an action
/// that came to no intent nothing is held, so nothing is freed.
struct ActionEnd {
  std::string action_id;
  ActionResult result = ActionResult::kFailed;
};

/// Everything that changes together: one durable transaction.
struct IncidentUpdate {
  /// The whole new state. Its alerts are not written (alert rows are linked),
  /// its approval only where it is new (asked) or expired.
  const Incident* incident = nullptr;
  std::vector<AuditRecord> records;
  /// Kept with the incident for plots and for recomputing; may be null. Its
  /// digest goes into the record of its assessment.
  const KeptEvidence* evidence = nullptr;
  /// Rows of AlertStore that belong to this incident from now on.
  std::vector<long long> alert_rows;
  std::vector<IntentOutcome> outcomes;
  std::optional<ActionEnd> action_end;
};

/// Port of correlate and flow: incidents by id. Thread-safe. Writes return
/// after a durable COMMIT.
///
/// @error kUnavailable  the store can't write now; kNotFound  no such id;
///        kAlreadyExists  an unfinished incident of the same target and type
///        exists (Save of a new one); kAborted  what is stored has gone on
///        meanwhile (it has ended, or has an open intent that `incident` does
///        not know of, as a write that came too late left it): read it again.
class IncidentStore {
 public:
  virtual ~IncidentStore() = default;
  virtual Result<Incident> Load(const std::string& id) = 0;
  virtual Result<void> Save(const IncidentUpdate& update) = 0;
  /// Every incident that is not terminal, oldest first.
  virtual Result<std::vector<Incident>> Unfinished() = 0;
};

/// Alert rows that have been looked at, and what they belong to.
struct AlertLinks {
  std::vector<long long> alert_rows;
  std::string incident_id;  ///< "" = they matched no rule.
  std::vector<AuditRecord> records;
  /// Only while the incident is unfinished; else the rows wait on.
  bool if_open = false;
};

/// Port of correlate: what it needs to merge alerts into incidents, and to see
/// which of them are about one target.
class CorrelationStore {
 public:
  virtual ~CorrelationStore() = default;
  /// The id of the unfinished incident of a target and type.
  virtual Result<std::optional<std::string>> FindOpen(const ObjectRef& target,
                                                      IncidentType type) = 0;
  /// The incidents of a target that are unfinished, or were opened at or after
  /// `since`, oldest first.
  virtual Result<std::vector<Incident>> OfTarget(const ObjectRef& target,
                                                 Time since) = 0;
  /// Marks alert rows as correlated, all or none in one transaction.
  virtual Result<void> Link(const std::vector<AlertLinks>& links) = 0;
};

}  // namespace selfheal
