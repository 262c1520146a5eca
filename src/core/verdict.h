#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/action.h"
#include "core/budget.h"
#include "core/clock.h"
#include "core/mutation.h"
#include "core/object.h"

namespace selfheal {

namespace guard {
class GuardChain;
}

enum class FindingOutcome { kAllow, kNeedsApproval, kDeny };

/// "allow", "needs_approval", "deny".
std::string_view FindingName(FindingOutcome outcome);

/// What one guard found, always with a sentence.
struct Finding {
  std::string guard;  ///< Lower snake case, from the chain's closed set.
  FindingOutcome outcome = FindingOutcome::kDeny;
  std::string reason;
  /// Set on a deny that only waits (cooldown, something in flight): when to
  /// ask again.
  std::optional<Time> retry_at;
};

/// The chain's answer: the strictest finding, and all of them.
struct Verdict {
  FindingOutcome outcome = FindingOutcome::kDeny;
  std::vector<Finding> findings;
  /// Set where every denying finding only waits: the latest of their times.
  std::optional<Time> retry_at;
  Time at;
};

/// What a permitted mutation is for; goes into the intent's row.
struct MutationPurpose {
  std::string incident_id;
  std::string action_id;  ///< The same for all intents of one action.
  std::string intent_id;  ///< Unique: action, phase and attempt.
  ActionKind kind = ActionKind::kNotify;
  std::string phase;  ///< "canary", "rest", "restore", "apply".
  int step = 0;
  int attempt = 1;
  bool first_of_action = true;  ///< Budgets are counted here only.
  ObjectRef target;             ///< The incident's target, not the pod.
  std::string target_uid;
  std::string runbook;
  std::string plan_hash;
  bool needs_approval = false;  ///< The grant is consumed with the intent.
};

/// Proof that every guard allowed this one mutation, a moment ago.
///
/// Only the GuardChain makes one and only AuditStore::RecordIntent takes one;
/// it can't be copied, so one verdict gives one intent.
class Permit {
 public:
  Permit(Permit&&) = default;
  Permit& operator=(Permit&&) = default;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;

  const MutationPurpose& purpose() const { return purpose_; }
  const Mutation& mutation() const { return mutation_; }
  const WireRequest& request() const { return request_; }
  const Budgets& budgets() const { return budgets_; }
  const Verdict& verdict() const { return verdict_; }
  Time issued_at() const { return issued_at_; }
  /// The last moment at which the request may be sent.
  Time deadline() const { return deadline_; }

 private:
  friend class guard::GuardChain;
  Permit(MutationPurpose purpose, Mutation mutation, WireRequest request,
         Budgets budgets, Verdict verdict, Time issued_at, Time deadline)
      : purpose_(std::move(purpose)),
        mutation_(std::move(mutation)),
        request_(std::move(request)),
        budgets_(budgets),
        verdict_(std::move(verdict)),
        issued_at_(issued_at),
        deadline_(deadline) {}

  MutationPurpose purpose_;
  Mutation mutation_;
  WireRequest request_;
  Budgets budgets_;
  Verdict verdict_;
  Time issued_at_;
  Time deadline_;
};

}  // namespace selfheal
