#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

namespace {

constexpr int kTwoPeople = 2;

bool InProduction(const GuardInput& input) {
  const auto& production = input.policy.guards.production_namespaces;
  std::vector<std::string> touched = {ObjectOf(input.request.mutation).ns};
  for (const MovedPod& move : input.request.plan->change.moves) {
    touched.push_back(move.pod.ns);
  }
  return std::any_of(
      production.begin(), production.end(), [&](const auto& name) {
        return name == "*" ||
               std::find(touched.begin(), touched.end(), name) != touched.end();
      });
}

int PeopleForRisk(const GuardInput& input, Risk risk) {
  switch (risk) {
    case Risk::kLow:
      return 0;
    case Risk::kMedium:
      return InProduction(input) ? 1 : 0;
    case Risk::kHigh:
      return InProduction(input) ? kTwoPeople : 1;
  }
  return kTwoPeople;
}

/// Some actions ask a person whatever the runbook's risk.
int PeopleForAction(const GuardInput& input) {
  switch (input.purpose().kind) {
    case ActionKind::kRollback: {
      // Through GitOps it changes what others have declared.
      const bool sync =
          std::holds_alternative<RequestSync>(input.request.mutation);
      return sync || input.policy.guards.rollback.require_approval ||
                     InProduction(input)
                 ? 1
                 : 0;
    }
    case ActionKind::kSetResources:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

int PeopleAsked(const GuardInput& input) {
  const GuardRequest& request = input.request;
  if (input.undo()) return 0;
  if (request.plan == nullptr || request.runbook == nullptr) return kTwoPeople;
  const int required = request.runbook->guards.require_approval ? 1 : 0;
  const Risk risk = std::max(request.plan->risk, request.runbook->risk);
  return std::max(
      {required, PeopleForRisk(input, risk), PeopleForAction(input)});
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
  const int people = PeopleAsked(input);
  if (people == 0) return Allow("the risk needs no approval");
  const bool by_action = PeopleForAction(input) > 0;
  const std::string why =
      (by_action ? std::string(ActionName(input.purpose().kind))
                 : "risk " + std::string(RiskName(request.plan->risk))) +
      (people == 1 ? " asks a person" : " asks two different people");
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
      return LackingPeople(approval, people) > 0
                 ? Ask(why + ": granted by too few")
                 : Allow("approved by " + approval.decided_by);
  }
  return Deny("the approval is in no known state");
}

}  // namespace selfheal::guard
