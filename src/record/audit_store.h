#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/execution.h"
#include "core/incident.h"
#include "core/kept_evidence.h"
#include "core/record.h"
#include "core/result.h"
#include "core/verdict.h"

namespace selfheal {

/// Port: the append-only, hash-chained audit. Thread-safe.
class AuditStore {
 public:
  virtual ~AuditStore() = default;

  /// Writes the intent down and returns it after a durable COMMIT.
  ///
  /// In the same transaction: the kill switch row is off, no breaker that
  /// stands in the way is open, budgets counted from rows hold, the approval
  /// (where the purpose needs one) is consumed, the intent id is new. The
  /// incident's new state (with the open execution), `records` and `evidence`
  /// (may be null) are saved in it too, as by IncidentStore::Save.
  /// @error kFailedPrecondition  one of these does not hold (which one);
  ///        kAlreadyExists  the intent id exists; kUnavailable  not written.
  Result<Intent> RecordIntent(Permit permit, const Incident& incident,
                              std::span<const AuditRecord> records,
                              const KeptEvidence* evidence = nullptr) {
    Result<void> committed = CommitIntent(permit, incident, records, evidence);
    if (!committed.ok()) return committed.error();
    return Intent(permit);
  }

  /// Appends records of no incident, or of one without changing it.
  virtual Result<void> Append(std::span<const AuditRecord> records) = 0;

  /// The records of one incident ("" = of the service), oldest first.
  virtual Result<std::vector<AuditRecord>> Find(
      const std::string& incident_id) = 0;

  /// Intents of one incident, oldest first; for recovery after a restart.
  virtual Result<std::vector<StoredIntent>> Intents(
      const std::string& incident_id) = 0;

 private:
  virtual Result<void> CommitIntent(const Permit& permit,
                                    const Incident& incident,
                                    std::span<const AuditRecord> records,
                                    const KeptEvidence* evidence) = 0;
};

}  // namespace selfheal
