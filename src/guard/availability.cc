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

/// Why a disruption budget stands in the way of taking `away` pods with these
/// labels away at once.
std::optional<Finding> BudgetProblem(const GuardInput& input,
                                     const Labels& pod_labels, int away) {
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
    if (state->disruptions_allowed < away) {
      const int allowed = state->disruptions_allowed;
      const std::string most = allowed < 1
                                   ? "no disruption"
                                   : std::to_string(allowed) + " of " +
                                         std::to_string(away) + " disruptions";
      return Wait(ToString(pdb.ref) + " allows " + most + " now",
                  input.now + kLookAgain);
    }
  }
  return std::nullopt;
}

/// A Rollout that gets no other template deletes its pods where they are, and
/// never surges.
bool RestartsInPlace(const GuardInput& input) {
  return input.facts.workload->ref.kind == ObjectKind::kRollout &&
         input.purpose().kind == ActionKind::kRollingRestart;
}

/// How many pods a rollout may take away at once.
int TakenAway(const GuardInput& input, const WorkloadState& state) {
  return RestartsInPlace(input) ? std::max(1, state.max_unavailable)
                                : state.max_unavailable;
}

/// Why a rollout would take too many pods away even where all of them serve,
/// so that no waiting helps. It asks no budget itself.
std::optional<Finding> StrategyProblem(const GuardInput& input,
                                       const ClusterObject& workload,
                                       const WorkloadState& state) {
  const int away = TakenAway(input, state);
  const std::string what = "a rollout of " + ToString(workload.ref) +
                           " may take away " + std::to_string(away) +
                           " of its " + std::to_string(state.replicas) +
                           " pods at once";
  if (state.replicas - away < Floor(state)) {
    return Deny(what + ": " + std::to_string(Floor(state)) + " must serve");
  }
  for (const ClusterObject& pdb : *input.facts.pdbs) {
    const PdbState* budget = pdb.As<PdbState>();
    if (budget == nullptr || budget->expected < 1 ||
        PdbSelects(*budget, state.template_labels) != Selection::kYes) {
      continue;
    }
    const int most = budget->expected - budget->desired_healthy;
    if (most < away) {
      return Deny(what + ": " + ToString(pdb.ref) + " allows " +
                  std::to_string(std::max(0, most)));
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
  if (auto problem = BudgetProblem(input, pod.labels, 1)) return *problem;
  return Allow(reason);
}

/// The controller of a Deployment, and of a Rollout that gets a template, takes
/// no pod away below what maxUnavailable leaves of its replicas; the others may
/// beside those that are away already.
int LeftIn(const GuardInput& input, const WorkloadState& state, int serving) {
  const bool keeps =
      KeptIn(input.facts.workload->ref.kind) == ObjectKind::kReplicaSet &&
      !RestartsInPlace(input);
  const int away = TakenAway(input, state);
  return keeps ? std::min(serving, state.replicas - away) : serving - away;
}

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
  const int left = LeftIn(input, *state, serving);
  const int floor = Floor(*state);
  const std::string reason = std::to_string(left) +
                             " pods serve in the rollout, " +
                             std::to_string(floor) + " must";
  if (left < floor) return Wait(reason, input.now + kLookAgain);
  const int away = std::max(1, state->max_unavailable);
  if (auto problem = BudgetProblem(input, state->template_labels, away)) {
    return *problem;
  }
  return Allow(reason);
}

/// True for every part of an action that replaces all pods of a workload, its
/// canary among them.
bool ReplacesAll(const GuardInput& input) {
  const ActionKind kind = input.purpose().kind;
  return kind == ActionKind::kRollingRestart ||
         kind == ActionKind::kSetResources;
}

}  // namespace

namespace {

Finding CheckAvailability(const GuardInput& input) {
  const Mutation& mutation = input.request.mutation;
  const bool restarts = std::holds_alternative<SetRestartedAt>(mutation) ||
                        std::holds_alternative<SetTemplate>(mutation) ||
                        std::holds_alternative<SetAborted>(mutation) ||
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
  if (state != nullptr && ReplacesAll(input) &&
      CountServing(*facts.pods, "") > 0) {
    if (auto problem = StrategyProblem(input, *facts.workload, *state)) {
      return *problem;
    }
  }
  return removes ? CheckPod(input) : CheckRestart(input);
}

}  // namespace

Finding GuardAvailability(const GuardInput& input) {
  return HeldInDrain(input, CheckAvailability(input), kLookAgain);
}

}  // namespace selfheal::guard
