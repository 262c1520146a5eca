#pragma once

#include <span>
#include <string_view>

#include "core/budget.h"
#include "guard/guard_input.h"

namespace selfheal::guard {

/// One guard: a pure function of its input. Each stands in a file of its own.
using GuardFunction = Finding (*)(const GuardInput&);

struct GuardEntry {
  std::string_view name;  ///< Lower snake case; a metric's label value.
  GuardFunction function;
};

/// Every guard, in the order in which findings are shown. The closed set.
std::span<const GuardEntry> AllGuards();

/// No mutation while any kill switch is on, or can't be read.
Finding GuardKillSwitch(const GuardInput& input);
/// The clocks agree: nobody set ours, and the API server's says the same.
Finding GuardClock(const GuardInput& input);
/// The namespace is opted in by the configuration, and exists.
Finding GuardNamespaces(const GuardInput& input);
/// Our account has the rights that the action needs, as far as is known.
Finding GuardRights(const GuardInput& input);
/// Never ourselves, the control plane, or what we see and speak through.
Finding GuardProtected(const GuardInput& input);
/// The label selfheal.dev/enabled: "false" opts out; a required label opts in.
Finding GuardOptOut(const GuardInput& input);
/// Why no action may touch `object`, as the two guards above see it by itself;
/// or "". Pure.
std::string ProtectionOf(const GuardPolicy& policy,
                         const ClusterObject& object);
/// True where its own label, or its template's, opts it out. Pure.
bool OptsOut(const ClusterObject& object);
/// The objects are still the very ones that were planned for.
Finding GuardIdentity(const GuardInput& input);
/// The mutation is exactly what the plan says, of a plan that still stands.
Finding GuardPlan(const GuardInput& input);
/// Budgets, counted from rows: one action at a time a target and namespace.
Finding GuardInFlight(const GuardInput& input);
Finding GuardCooldown(const GuardInput& input);
Finding GuardRestarts(const GuardInput& input);
Finding GuardRate(const GuardInput& input);
/// The same runbook did not help this target too often in 24 h.
Finding GuardSameRunbook(const GuardInput& input);
/// Replicas stay between the floor and the ceilings.
Finding GuardScaleLimits(const GuardInput& input);
/// Enough other pods serve, and the disruption budgets agree.
Finding GuardAvailability(const GuardInput& input);
/// No rollout is under way, and the workload's strategy lets one happen.
Finding GuardRollout(const GuardInput& input);
/// A template that is put back is a kept one, and not too far back.
Finding GuardRevisions(const GuardInput& input);
/// Nothing is changed that Argo CD, Flux or an owner would set back.
Finding GuardGitOps(const GuardInput& input);
/// A memory limit grows by so much at most.
Finding GuardMemoryLimits(const GuardInput& input);
/// The evidence is recent and whole.
Finding GuardFreshness(const GuardInput& input);
/// The trouble is confirmed, and an alert (or the watch's own gate) says so;
/// the models alone never authorise.
Finding GuardConfirmation(const GuardInput& input);
/// Not so many targets in trouble at once that something else is the cause.
Finding GuardStorm(const GuardInput& input);
/// Neither the global breaker nor the runbook's is open.
Finding GuardBreaker(const GuardInput& input);
/// The Watchdog alert still comes: we are not blind.
Finding GuardBlind(const GuardInput& input);
/// So many nodes in trouble at once are no evidence against one of them.
Finding GuardNodeEvidence(const GuardInput& input);
/// Few enough nodes are out of service, one a zone, and none by us.
Finding GuardNodeLimits(const GuardInput& input);
/// What leaves a node has room on the others.
Finding GuardNodeRoom(const GuardInput& input);
/// Nothing is evicted from a node that holds what must not be moved.
Finding GuardNodeHolds(const GuardInput& input);
/// A workload is not blamed for the trouble of a node that is lost.
Finding GuardRootNode(const GuardInput& input);
/// No two nodes are set aside within a short time.
Finding GuardNodePace(const GuardInput& input);
/// People agreed, where the risk asks for it.
Finding GuardApproval(const GuardInput& input);

/// The configured budgets, tightened (never loosened) by a runbook.
Budgets BudgetsOf(const Config::GuardsConfig& guards, const Runbook* runbook);

/// What makes this a storm, in which nothing may be done but to observe: too
/// many targets, too large a share of a kind or of a zone's nodes, half of the
/// evidence queries failed, or an upgrade of the cluster. Pure.
std::optional<std::string> StormCause(const Config::GuardsConfig::Storm& storm,
                                      const Surroundings& around,
                                      const SafetyState& history, Time now);

/// The global breaker to open for it. The first trip of a day closes after
/// `storm.quiet`; others by a person. Pure.
BreakerRow StormBreaker(const Config::GuardsConfig::Storm& storm,
                        const SafetyState& history, std::string reason,
                        Time now);

/// How many different people have to agree to the plan; 0 = nobody.
int PeopleAsked(const GuardInput& input);

/// The step of the plan that the request belongs to, or null.
const RunbookStep* StepOf(const GuardRequest& request);

}  // namespace selfheal::guard
