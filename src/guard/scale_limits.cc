#include <algorithm>

#include "guard/guards.h"
#include "guard/selectors.h"

namespace selfheal::guard {
namespace {

/// No step may more than double, whatever the knobs say.
constexpr int kMostPercent = 100;

struct Limits {
  int percent = 0;
  int max_replicas = 0;
};

/// The knobs, tightened by the runbook's step.
Limits LimitsOf(const GuardInput& input) {
  const auto& scale = input.policy.guards.scale;
  Limits limits{scale.percent, scale.max_replicas};
  const RunbookStep* step = StepOf(input.request);
  if (step == nullptr) return limits;
  if (const ScaleOut* out = std::get_if<ScaleOut>(&step->action)) {
    limits.percent = std::min(limits.percent, out->percent);
    limits.max_replicas = std::min(limits.max_replicas, MostReplicas(*out));
  }
  return limits;
}

/// ceil(replicas * percent / 100), at least 1.
long long StepSize(long long replicas, int percent) {
  return std::max(1LL, (replicas * percent + 99) / 100);
}

/// The HPAs of the namespace that scale `workload`.
std::vector<const ClusterObject*> HpasOf(const std::vector<ClusterObject>& hpas,
                                         const ObjectRef& workload) {
  std::vector<const ClusterObject*> found;
  for (const ClusterObject& hpa : hpas) {
    const HpaState* state = hpa.As<HpaState>();
    if (state != nullptr && state->target_kind == KindName(workload.kind) &&
        state->target_name == workload.name) {
      found.push_back(&hpa);
    }
  }
  return found;
}

bool OwnedByKeda(const ClusterObject& hpa) {
  return LabelOr(hpa.labels, "app.kubernetes.io/managed-by") ==
             "keda-operator" ||
         std::any_of(
             hpa.owners.begin(), hpa.owners.end(),
             [](const OwnerRef& o) { return o.kind == "ScaledObject"; });
}

/// Why `then` replicas of the workload are too few, or "".
std::string FloorProblem(const GuardInput& input, int then) {
  if (!input.facts.pdbs.ok()) {
    return "a fact is missing: " + input.facts.pdbs.error().message;
  }
  const auto* workload = input.facts.workload->As<WorkloadState>();
  for (const ClusterObject& pdb : *input.facts.pdbs) {
    const PdbState* state = pdb.As<PdbState>();
    if (state == nullptr) return ToString(pdb.ref) + " was not understood";
    switch (PdbSelects(*state, workload->template_labels)) {
      case Selection::kNo:
        break;
      case Selection::kUnknown:
        return ToString(pdb.ref) + " selects by expressions: unknown";
      case Selection::kYes:
        if (state->desired_healthy > then) {
          return ToString(pdb.ref) + " wants " +
                 std::to_string(state->desired_healthy) + " healthy pods";
        }
        break;
    }
  }
  return "";
}

/// The way back is free of the step's limits, not of the budgets' floor.
Finding CheckBack(const GuardInput& input, const std::string& change, int now,
                  int then) {
  const std::string problem = then < now ? FloorProblem(input, then) : "";
  return problem.empty() ? Allow(change + ": back to what it was")
                         : Deny(change + ": " + problem);
}

/// A scale-in takes away at most half, and what the budgets leave.
Finding CheckShrink(const GuardInput& input, const std::string& change, int now,
                    int then) {
  if (then >= now) return Deny(change + ": a scale-in only takes away");
  if (now > 2 * then) return Deny(change + ": more than half");
  const std::string problem = FloorProblem(input, then);
  return problem.empty() ? Allow(change) : Deny(change + ": " + problem);
}

Finding CheckReplicas(const GuardInput& input, const SetReplicas& mutation) {
  const ClusterObject& workload = *input.facts.workload;
  const WorkloadState* state = workload.As<WorkloadState>();
  if (state == nullptr || workload.ref.kind == ObjectKind::kDaemonSet) {
    return Deny(ToString(workload.ref) + " has no replicas to set");
  }
  if (!HpasOf(*input.facts.hpas, workload.ref).empty()) {
    return Deny("an HPA scales " + ToString(workload.ref) +
                ": its bounds must be raised instead");
  }
  const int now = state->replicas;
  const int then = mutation.replicas;
  const std::string change =
      std::to_string(now) + " -> " + std::to_string(then) + " replicas";
  if (now < 1) return Deny(ToString(workload.ref) + " is scaled to none");
  if (then < 1) return Deny(change + ": never to none");
  if (input.undo()) return CheckBack(input, change, now, then);
  if (input.purpose().kind == ActionKind::kScaleIn) {
    return CheckShrink(input, change, now, then);
  }
  const Limits limits = LimitsOf(input);
  const int percent = std::min(limits.percent, kMostPercent);
  if (then <= now) return Deny(change + ": a scale-out only adds");
  if (percent < 1 || then > now + StepSize(now, percent)) {
    return Deny(change + ": more than " + std::to_string(percent) + "%");
  }
  if (then > limits.max_replicas) {
    return Deny(change + ": more than " + std::to_string(limits.max_replicas));
  }
  return Allow(change);
}

/// Why the HPA may not be moved at all, or "".
std::string HpaProblem(const GuardInput& input, const ClusterObject& hpa) {
  const HpaState* state = hpa.As<HpaState>();
  if (state == nullptr) return ToString(hpa.ref) + " is no HPA";
  const auto all = HpasOf(*input.facts.hpas, input.facts.workload->ref);
  if (all.size() != 1 || all.front()->uid != hpa.uid) {
    return ToString(input.facts.workload->ref) + " is scaled by " +
           std::to_string(all.size()) + " HPAs, or by another";
  }
  if (OwnedByKeda(hpa) || OwnedByKeda(*all.front())) {
    return ToString(hpa.ref) + " belongs to KEDA, which would set it back";
  }
  if (!state->scaling_active && !input.undo()) {
    return ToString(hpa.ref) + " does not scale now";
  }
  return "";
}

Finding CheckBounds(const GuardInput& input, const SetHpaBounds& mutation) {
  const ClusterObject& hpa = *input.facts.object;
  std::string problem = HpaProblem(input, hpa);
  if (!problem.empty()) return Deny(std::move(problem));
  const HpaState& state = *hpa.As<HpaState>();
  const WorkloadState* workload = input.facts.workload->As<WorkloadState>();
  if (workload == nullptr || workload->replicas < 1) {
    return Deny(ToString(input.facts.workload->ref) + " has no replicas");
  }
  const int low = mutation.min_replicas;
  const int high = mutation.max_replicas;
  const std::string change = "bounds " + std::to_string(state.min_replicas) +
                             ".." + std::to_string(state.max_replicas) +
                             " -> " + std::to_string(low) + ".." +
                             std::to_string(high);
  if (low < 1 || low > high) return Deny(change + ": not a range from 1");
  if (input.undo()) return CheckBack(input, change, state.min_replicas, low);
  if (input.purpose().kind == ActionKind::kScaleIn) {
    if (high > state.max_replicas) {
      return Deny(change + ": a scale-in only takes away");
    }
    return CheckShrink(input, change, state.min_replicas, low);
  }
  const Limits limits = LimitsOf(input);
  const int percent = std::min(limits.percent, kMostPercent);
  const bool grows = low >= state.min_replicas && high >= state.max_replicas &&
                     low + high > state.min_replicas + state.max_replicas;
  if (!grows) return Deny(change + ": a scale-out only adds");
  const int base = std::max(state.min_replicas, workload->replicas);
  if (percent < 1 || low > base + StepSize(base, percent) ||
      high > state.max_replicas + StepSize(state.max_replicas, percent)) {
    return Deny(change + ": more than " + std::to_string(percent) + "%");
  }
  if (high > limits.max_replicas) {
    return Deny(change + ": more than " + std::to_string(limits.max_replicas));
  }
  return Allow(change);
}

}  // namespace

Finding GuardScaleLimits(const GuardInput& input) {
  const Mutation& mutation = input.request.mutation;
  const auto* replicas = std::get_if<SetReplicas>(&mutation);
  const auto* bounds = std::get_if<SetHpaBounds>(&mutation);
  if (replicas == nullptr && bounds == nullptr) {
    return Allow("the number of replicas stays");
  }
  const Facts& facts = input.facts;
  if (!facts.object.ok()) return Unread(facts.object.error());
  if (!facts.workload.ok()) return Unread(facts.workload.error());
  if (!facts.hpas.ok()) return Unread(facts.hpas.error());
  return replicas != nullptr ? CheckReplicas(input, *replicas)
                             : CheckBounds(input, *bounds);
}

}  // namespace selfheal::guard
