#include "flow/asked_causes.h"

#include <algorithm>

#include "assess/causes.h"
#include "execute/workload.h"
#include "plan/planner.h"

namespace selfheal {
namespace {

/// More pods are not looked at one by one: each costs some queries.
constexpr std::size_t kMostPods = 20;

}  // namespace

std::vector<Cause> CausesOf(const Runbook& runbook) {
  std::vector<Cause> asked;
  for (const RunbookStep& step : runbook.steps) {
    for (const Cause cause : step.when) {
      if (std::find(asked.begin(), asked.end(), cause) == asked.end()) {
        asked.push_back(cause);
      }
    }
  }
  return asked;
}

std::vector<Cause> CausesAsked(const RuleSet& rules, const Rule& rule) {
  const auto runbook = rules.runbooks.find(rule.runbook);
  return runbook == rules.runbooks.end() ? std::vector<Cause>()
                                         : CausesOf(runbook->second);
}

Suspects SuspectsOf(const RunbookStep& step, const Assessment& assessment,
                    const EvidenceWindow& evidence) {
  Suspects suspects;
  const CauseFinding* finding = FindingFor(step, assessment.causes);
  if (finding == nullptr) return suspects;
  const auto named = [&](const std::string& name) {
    return std::find(finding->names.begin(), finding->names.end(), name) !=
           finding->names.end();
  };
  const bool node = finding->cause == Cause::kOneNode;
  for (const PodEvidence& pod : evidence.pods) {
    if (!named(node ? pod.node : pod.name)) continue;
    suspects.pods.push_back({pod.name, pod.uid});
    if (node) suspects.node = pod.node;
  }
  return suspects;
}

std::string WhyNot(const Runbook& runbook, const EvidenceWindow& evidence) {
  std::string text;
  for (const std::string& why :
       FindCauses(evidence, CausesOf(runbook)).others) {
    text += (text.empty() ? ": " : "; ") + why;
  }
  return text;
}

Result<void> AddPods(ClusterView& cluster, const Collector& collector,
                     const Rule& rule, const ObjectRef& target,
                     EvidenceWindow& evidence) {
  const auto workload = cluster.Get(target);
  if (!workload.ok()) return workload.error();
  const auto living = PodsOf(cluster, *workload);
  if (!living.ok()) {
    if (Retryable(living.error().code)) return living.error();
    evidence.pods_problem = living.error().message;
    return {};
  }
  if (living->size() > kMostPods) {
    evidence.pods_problem =
        std::to_string(living->size()) + " pods are more than the " +
        std::to_string(kMostPods) + " that are looked at one by one";
    return {};
  }
  std::vector<PodEvidence> pods;
  for (const ClusterObject& pod : *living) {
    pods.push_back({pod.ref.name, pod.uid, pod.As<PodState>()->node, {}});
  }
  auto measured =
      collector.CollectPods(rule, target, std::move(pods), evidence.at);
  if (!measured.ok()) return measured.error();
  evidence.pods = *std::move(measured);
  return {};
}

}  // namespace selfheal
