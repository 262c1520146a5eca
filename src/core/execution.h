#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/action.h"
#include "core/clock.h"
#include "core/verdict.h"

namespace selfheal {

class AuditStore;

/// What became of one mutating request.
enum class ExecutionOutcome {
  kApplied,
  kAlreadyTrue,
  kRefused,  ///< Provably not applied.
  kUnknown,  ///< Sent; only reading the object can tell.
  kDryRun,
};

/// "applied", "already_true", "refused", "unknown", "dry_run".
std::string_view OutcomeName(ExecutionOutcome outcome);

/// One mutating request of an incident. Without an outcome its intent is open.
struct Execution {
  int step = 0;
  ActionKind action = ActionKind::kNotify;
  std::string phase;
  int attempt = 1;
  std::string action_id;
  std::string intent_id;
  std::optional<ExecutionOutcome> outcome;
  std::string detail;  ///< What was changed, or why it was refused.
  Time at;
};

/// A permitted mutation that is durably written down; the only thing that the
/// executor takes. Made by AuditStore::RecordIntent alone.
class Intent {
 public:
  Intent(Intent&&) = default;
  Intent& operator=(Intent&&) = default;
  Intent(const Intent&) = delete;
  Intent& operator=(const Intent&) = delete;

  const MutationPurpose& purpose() const { return purpose_; }
  const Mutation& mutation() const { return mutation_; }
  const WireRequest& request() const { return request_; }
  Time guarded_at() const { return guarded_at_; }
  Time deadline() const { return deadline_; }

 private:
  friend class AuditStore;
  explicit Intent(const Permit& permit)
      : purpose_(permit.purpose()),
        mutation_(permit.mutation()),
        request_(permit.request()),
        guarded_at_(permit.issued_at()),
        deadline_(permit.deadline()) {}

  MutationPurpose purpose_;
  Mutation mutation_;
  WireRequest request_;
  Time guarded_at_;
  Time deadline_;
};

/// An intent's row as read back after a restart: enough to observe, never
/// enough to send (that takes an Intent).
struct StoredIntent {
  MutationPurpose purpose;
  Mutation mutation;
  WireRequest request;
  Time created_at;
  Time deadline;
  std::optional<ExecutionOutcome> outcome;
};

/// Was the trouble gone after the action?
enum class VerificationOutcome { kMitigated, kNotMitigated, kInconclusive };

/// "mitigated", "not_mitigated", "inconclusive".
std::string_view VerificationName(VerificationOutcome outcome);

struct Verification {
  VerificationOutcome outcome = VerificationOutcome::kInconclusive;
  std::string reason;
  Time at;
};

}  // namespace selfheal
