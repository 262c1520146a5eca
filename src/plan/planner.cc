#include "plan/planner.h"

#include <algorithm>
#include <set>
#include <variant>

namespace selfheal {
namespace {

/// A plan that nobody acts on goes stale.
constexpr seconds kPlanLifetime{15 * 60};

void Line(std::string& out, std::string_view key, const std::string& value) {
  out += key;
  out += '=';
  out += value;
  out += '\n';
}

struct ParameterVisitor {
  std::string operator()(const RestartPod&) const { return ""; }
  std::string operator()(const RollingRestart& action) const {
    return "canary=" + std::to_string(action.canary_pods) + "," +
           std::to_string(action.canary_observe.count()) + "s";
  }
  std::string operator()(const ScaleOut& action) const {
    return "percent=" + std::to_string(action.percent) +
           ",max=" + std::to_string(MostReplicas(action)) +
           ",back=" + std::to_string(action.back_after.count()) + "s";
  }
  std::string operator()(const ScaleIn& action) const {
    return "to=" + std::to_string(action.replicas) + ".." +
           std::to_string(action.max_replicas) +
           ",calm=" + std::to_string(action.calm.count()) + "s";
  }
  std::string operator()(const Rollback& action) const {
    return "max_revisions=" + std::to_string(action.max_revisions);
  }
  std::string operator()(const SetResources& action) const {
    return "percent=" + std::to_string(action.percent);
  }
  std::string operator()(const Cordon&) const { return ""; }
  std::string operator()(const Drain& action) const {
    return "timeout=" + std::to_string(action.timeout.count()) + "s";
  }
  std::string operator()(const Uncordon&) const { return ""; }
  std::string operator()(const EvictOne&) const { return ""; }
  std::string operator()(const ExpandVolume& action) const {
    return "percent=" + std::to_string(action.percent) +
           ",max_gib=" + std::to_string(action.max_gib);
  }
  std::string operator()(const RenewCertificate& action) const {
    return "timeout=" + std::to_string(action.timeout.count()) + "s";
  }
  std::string operator()(const Notify&) const { return ""; }
};

std::string WhenText(const std::vector<Cause>& when) {
  std::string text;
  for (const Cause cause : when) {
    text += (text.empty() ? " when " : "|") + std::string(CauseName(cause));
  }
  return text;
}

}  // namespace

Result<const Runbook*> ChooseRunbook(const RuleSet& set, const Rule& rule,
                                     int step) {
  const auto found = set.runbooks.find(rule.runbook);
  if (found == set.runbooks.end()) {
    return Error{Code::kNotFound, "rule " + rule.name + " names runbook " +
                                      rule.runbook + ", which is not loaded"};
  }
  if (step >= static_cast<int>(found->second.steps.size())) {
    return Error{Code::kNotFound,
                 "runbook " + rule.runbook + " has no step left"};
  }
  return &found->second;
}

const CauseFinding* FindingFor(const RunbookStep& step,
                               const std::vector<CauseFinding>& causes) {
  for (const CauseFinding& finding : causes) {
    if (std::find(step.when.begin(), step.when.end(), finding.cause) !=
        step.when.end()) {
      return &finding;
    }
  }
  return nullptr;
}

Result<int> ChooseStep(const Runbook& runbook, int first,
                       const std::vector<CauseFinding>& causes) {
  const int steps = static_cast<int>(runbook.steps.size());
  for (int i = first; i < steps; ++i) {
    const RunbookStep& step = runbook.steps[static_cast<std::size_t>(i)];
    if (step.when.empty() || FindingFor(step, causes) != nullptr) return i;
  }
  return Error{Code::kNotFound, "no step of runbook " + runbook.name +
                                    (first == 0 ? "" : " that is left") +
                                    " fits"};
}

std::string CanonicalPlan(const Plan& plan) {
  std::string out;
  Line(out, "runbook", plan.runbook);
  Line(out, "digest", plan.runbook_digest);
  Line(out, "risk", std::string(RiskName(plan.risk)));
  Line(out, "target", ToString(plan.target));
  Line(out, "target_uid", plan.target_uid);
  Line(out, "step", std::to_string(plan.step));
  const Action& action =
      plan.steps.at(static_cast<std::size_t>(plan.step)).action;
  Line(out, "action", std::string(ActionName(action)));
  Line(out, "parameters", std::visit(ParameterVisitor{}, action));
  for (const RunbookStep& step : plan.steps) {
    Line(out, "of",
         std::string(ActionName(step.action)) + "(" +
             std::visit(ParameterVisitor{}, step.action) + ")" +
             (step.undo == UndoMode::kAutomatic ? " undone" : "") +
             WhenText(step.when));
  }
  if (plan.cause) Line(out, "cause", std::string(CauseName(plan.cause->cause)));
  Line(out, "object", ToString(plan.change.object));
  Line(out, "uid", plan.change.uid);
  Line(out, "generation", std::to_string(plan.change.generation));
  Line(out, "from", std::to_string(plan.change.from));
  Line(out, "to", std::to_string(plan.change.to));
  Line(out, "from_max", std::to_string(plan.change.from_max));
  Line(out, "to_max", std::to_string(plan.change.to_max));
  Line(out, "container", plan.change.container);
  Line(out, "from_value", plan.change.from_value);
  Line(out, "to_value", plan.change.to_value);
  Line(out, "held", plan.change.held);
  std::set<ObjectRef> moved;
  for (const MovedPod& move : plan.change.moves) moved.insert(move.workload);
  for (const ObjectRef& workload : moved) {
    Line(out, "moves", ToString(workload));
  }
  return out;
}

Plan MakePlan(const Incident& incident, const Runbook& runbook, int step,
              PlannedChange change, Time now, const Digester& digest) {
  // What leaves one node, for a workload's sake too, is done to that node.
  const bool of_node = change.object.kind == ObjectKind::kNode;
  Plan plan{.runbook = runbook.name,
            .runbook_digest = runbook.digest,
            .risk = runbook.risk,
            .steps = runbook.steps,
            .step = step,
            .target = of_node ? change.object : incident.target,
            .target_uid = of_node ? change.uid : incident.target_uid,
            .change = std::move(change),
            .hash = "",
            .created_at = now,
            .expires_at = now + kPlanLifetime};
  if (incident.assessment) {
    const CauseFinding* finding =
        FindingFor(plan.steps.at(static_cast<std::size_t>(step)),
                   incident.assessment->causes);
    if (finding != nullptr) plan.cause = *finding;
  }
  plan.hash = digest(CanonicalPlan(plan));
  return plan;
}

}  // namespace selfheal
