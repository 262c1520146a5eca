#include <algorithm>

#include "guard/guards.h"
#include "guard/selectors.h"

namespace selfheal::guard {
namespace {

constexpr seconds kLookAgain{15};

/// How many other pods must serve while one is away: half, and never none.
int Floor(const WorkloadState& workload) {
  return std::max(1, (workload.replicas + 1) / 2);
}

/// Why a disruption budget stands in the way of taking `pod` away.
std::optional<Finding> BudgetProblem(const GuardInput& input,
                                     const Labels& pod_labels) {
  for (const ClusterObject& pdb : *input.facts.pdbs) {
    const PdbState* state = pdb.As<PdbState>();
    if (state == nullptr)
      return Deny(ToString(pdb.ref) + " was not understood");
    const Selection selection = PdbSelects(*state, pod_labels);
    if (selection == Selection::kNo) continue;
    if (selection == Selection::kUnknown) {
      return Deny(ToString(pdb.ref) + " selects by expressions: unknown");
    }
    if (state->observed_generation < pdb.generation) {
      return Wait(ToString(pdb.ref) + " was not counted yet",
                  input.now + kLookAgain);
    }
    if (state->disruptions_allowed < 1) {
      return Wait(ToString(pdb.ref) + " allows no disruption now",
                  input.now + kLookAgain);
    }
  }
  return std::nullopt;
}

Finding CheckPod(const GuardInput& input) {
  const ClusterObject& pod = *input.facts.object;
  const WorkloadState* workload = input.facts.workload->As<WorkloadState>();
  if (pod.As<PodState>() == nullptr || workload == nullptr) {
    return Deny(ToString(pod.ref) + " is no pod of a workload");
  }
  const auto& pods = *input.facts.pods;
  const bool known =
      std::any_of(pods.begin(), pods.end(),
                  [&](const ClusterObject& p) { return p.uid == pod.uid; });
  if (!known) {
    return Deny(ToString(pod.ref) + " is not among the pods of its workload");
  }
  if (!Serves(pod)) return Allow(ToString(pod.ref) + " does not serve anyway");
  const int others = CountServing(pods, pod.uid);
  const int floor = Floor(*workload);
  const std::string reason = std::to_string(others) + " other pods serve, " +
                             std::to_string(floor) + " must";
  if (workload->replicas <= 1 && others < 1) {
    std::string only = ToString(pod.ref) + " is the only pod that serves";
    // One that crash-loops serves between two crashes.
    const bool crashes = input.purpose().kind == ActionKind::kRestartPod;
    return crashes ? Wait(std::move(only), input.now + kLookAgain)
                   : Deny(std::move(only));
  }
  if (others < floor) return Wait(reason, input.now + kLookAgain);
  if (auto problem = BudgetProblem(input, pod.labels)) return *problem;
  return Allow(reason);
}

/// A rollout of a Deployment surges, and its controller keeps the share that
/// maxUnavailable says. The others take a pod away before they make a new one.
Finding CheckRestart(const GuardInput& input) {
  const ClusterObject& workload = *input.facts.workload;
  const WorkloadState* state = workload.As<WorkloadState>();
  if (state == nullptr) return Deny(ToString(workload.ref) + " is no workload");
  if (input.undo()) return Allow("back to the template before");
  if (input.purpose().kind == ActionKind::kRollback) {
    return Allow("back to a revision that served; the rollout keeps its share");
  }
  const int serving = CountServing(*input.facts.pods, "");
  if (serving == 0) return Allow("no pod serves: there is nothing to lose");
  const bool surges = workload.ref.kind == ObjectKind::kDeployment;
  const int left = surges ? serving : serving - 1;
  const int floor = Floor(*state);
  const std::string reason = std::to_string(left) +
                             " pods serve while one is replaced, " +
                             std::to_string(floor) + " must";
  if (!surges && state->replicas <= 1) {
    return Deny(ToString(workload.ref) + " has one pod and does not surge");
  }
  if (left < floor) return Wait(reason, input.now + kLookAgain);
  if (auto problem = BudgetProblem(input, state->template_labels)) {
    return *problem;
  }
  return Allow(reason);
}

}  // namespace

namespace {

Finding CheckAvailability(const GuardInput& input) {
  const Mutation& mutation = input.request.mutation;
  const bool restarts = std::holds_alternative<SetRestartedAt>(mutation) ||
                        std::holds_alternative<SetTemplate>(mutation) ||
                        std::holds_alternative<SetMemory>(mutation);
  const bool removes = std::holds_alternative<DeletePod>(mutation) ||
                       std::holds_alternative<EvictPod>(mutation);
  if (!restarts && !removes) return Allow("no pod is taken away");
  const Facts& facts = input.facts;
  if (!facts.object.ok()) return Unread(facts.object.error());
  if (!facts.workload.ok()) return Unread(facts.workload.error());
  if (!facts.pods.ok()) return Unread(facts.pods.error());
  if (!facts.pdbs.ok()) return Unread(facts.pdbs.error());
  const WorkloadState* state = facts.workload->As<WorkloadState>();
  if (state != nullptr && state->selector_has_expressions) {
    return Deny(ToString(facts.workload->ref) +
                " selects by expressions: its pods are unknown");
  }
  return removes ? CheckPod(input) : CheckRestart(input);
}

}  // namespace

Finding GuardAvailability(const GuardInput& input) {
  return HeldInDrain(input, CheckAvailability(input), kLookAgain);
}

}  // namespace selfheal::guard
