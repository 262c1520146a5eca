#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

bool AsksForApproval(const GuardInput& input) {
  const GuardRequest& request = input.request;
  if (input.undo()) return false;
  if (request.plan == nullptr || request.runbook == nullptr) return true;
  if (request.runbook->guards.require_approval) return true;
  const auto& production = input.policy.guards.production_namespaces;
  const std::string& ns = ObjectOf(request.mutation).ns;
  switch (std::max(request.plan->risk, request.runbook->risk)) {
    case Risk::kLow:
      return false;
    case Risk::kMedium:
      return std::any_of(
          production.begin(), production.end(),
          [&](const auto& name) { return name == ns || name == "*"; });
    case Risk::kHigh:
      return true;
  }
  return true;
}

namespace {

Finding Ask(std::string reason) {
  return {"", FindingOutcome::kNeedsApproval, std::move(reason), std::nullopt};
}

/// Why the grant is for something else, or "".
std::string Mismatch(const GuardInput& input, const Approval& approval) {
  const Plan& plan = *input.request.plan;
  if (approval.plan_hash.empty() || approval.plan_hash != plan.hash) {
    return "the approval was for another plan";
  }
  if (approval.target_uid.empty() || approval.target_uid != plan.target_uid) {
    return "the approval was for another object of that name";
  }
  if (approval.generation != plan.change.generation) {
    return "the approval was for another generation";
  }
  return "";
}

/// A grant that this very action consumed covers its further intents.
bool HeldByThisAction(const GuardInput& input) {
  const std::string& held = input.request.incident->progress.action_id;
  return input.child() && !held.empty() && held == input.purpose().action_id;
}

}  // namespace

Finding GuardApproval(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  const GuardRequest& request = input.request;
  if (request.incident == nullptr || request.plan == nullptr) {
    return Deny("there is no plan to approve");
  }
  if (!AsksForApproval(input)) return Allow("the risk needs no approval");
  const std::string why =
      "risk " + std::string(RiskName(request.plan->risk)) + " asks a person";
  if (!request.incident->approval) return Ask(why);
  const Approval& approval = *request.incident->approval;
  const std::string mismatch = Mismatch(input, approval);
  switch (approval.state) {
    case ApprovalState::kPending:
      return Ask(mismatch.empty() ? why + ": not answered yet" : mismatch);
    case ApprovalState::kExpired:
      return Ask(why + ": the last question expired");
    case ApprovalState::kDenied:
      return mismatch.empty() ? Deny("denied by " + approval.decided_by)
                              : Ask(mismatch);
    case ApprovalState::kConsumed:
      if (!mismatch.empty()) return Ask(mismatch);
      return HeldByThisAction(input)
                 ? Allow("approved by " + approval.decided_by)
                 : Ask("the approval was used already");
    case ApprovalState::kGranted:
      if (!mismatch.empty()) return Ask(mismatch);
      if (input.now >= approval.expires_at) {
        return Ask("the approval of " + approval.decided_by + " expired");
      }
      return approval.decided_by.empty()
                 ? Deny("the approval names nobody")
                 : Allow("approved by " + approval.decided_by);
  }
  return Deny("the approval is in no known state");
}

}  // namespace selfheal::guard
