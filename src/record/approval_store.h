#pragma once

#include <string>

#include "core/clock.h"
#include "core/fields.h"
#include "core/incident.h"
#include "core/result.h"

namespace selfheal {

/// What a person said about a plan.
struct ApprovalDecision {
  std::string incident_id;
  std::string plan_hash;
  bool grant = false;
  std::string by;      ///< "admin:alice"; stands in the audit.
  std::string reason;  ///< May be empty.
  /// Where it was said, for the audit: {"channel", "C1"}; may be empty.
  Fields via = {};
};

/// Port: people's decisions, compare-and-set. Thread-safe.
///
/// One denial denies. Where two people have to agree, the first grant is kept
/// and leaves the question pending.
/// @error kNotFound  no such incident; kFailedPrecondition  not pending any
///        more, expired, another plan's hash, or granted by this name before.
class ApprovalStore {
 public:
  virtual ~ApprovalStore() = default;
  /// Returns the incident after a durable COMMIT; audited.
  virtual Result<Incident> Decide(const ApprovalDecision& decision,
                                  Time now) = 0;
};

}  // namespace selfheal
