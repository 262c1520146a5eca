#include "sim/scenario/runner.h"

#include <algorithm>
#include <set>

#include "adapters/kubernetes/api_path.h"

namespace selfheal::testing {
namespace {

/// A story that has not ended by then does not end.
constexpr seconds kLimit{3 * 3600};

Labels LabelsOf(const ScenarioAlert& alert, Pipeline& pipeline) {
  constexpr std::string_view kPodOf = "a pod of ";
  Labels labels = alert.labels;
  for (auto& [name, value] : labels) {
    if (!value.starts_with(kPodOf)) continue;
    const auto pods = pipeline.PodsOf(value.substr(kPodOf.size()));
    value = pods.empty() ? "absent" : pods.front();
  }
  return labels;
}

/// The alerts that come `after` so long.
AlertGroup GroupOf(const Scenario& scenario, seconds after,
                   Pipeline& pipeline) {
  AlertGroup group;
  group.version = "4";
  for (const ScenarioAlert& from : scenario.alerts) {
    if (from.after != after) continue;
    Alert alert;
    alert.labels = LabelsOf(from, pipeline);
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = pipeline.clock.Now() - seconds(30);
    if (from.resolved) {
      alert.status = AlertStatus::kResolved;
      alert.ends_at = pipeline.clock.Now();
    }
    group.alerts.push_back(std::move(alert));
  }
  group.received = group.alerts.size();
  return group;
}

/// The living pods that `of` names.
std::vector<std::string> PodsMeant(const std::string& of, Pipeline& pipeline) {
  const std::size_t mark = of.find(" of ");
  if (mark == std::string::npos) return {};
  std::vector<std::string> pods = pipeline.PodsOf(of.substr(mark + 4));
  if (of.starts_with("a node")) {
    const std::string node = pods.empty() ? "" : pipeline.NodeOf(pods.front());
    std::erase_if(
        pods, [&](const auto& pod) { return pipeline.NodeOf(pod) != node; });
    return pods;
  }
  const std::size_t most = of.starts_with("a pod") ? 1 : std::stoul(of);
  if (pods.size() > most) pods.resize(most);
  return pods;
}

/// "shop/Deployment/cart" -> "/apis/apps/v1/namespaces/shop/deployments/cart".
std::string PathOf(const std::string& workload) {
  const auto first = workload.find('/');
  const auto last = workload.rfind('/');
  const auto kind = ParseKind(workload.substr(first + 1, last - first - 1));
  if (!kind || first == last) return "";
  const auto path = kubernetes::ObjectPath(
      {*kind, workload.substr(0, first), workload.substr(last + 1)});
  return path.ok() ? *path : "";
}

/// Why the API server does not take a change, or "".
std::string Make(const Change& change, Pipeline& pipeline) {
  kubesim::ApiRequest request;
  request.method = "PATCH";
  request.path = PathOf(change.workload);
  // A custom resource takes no strategic patch.
  request.content_type = change.workload.find("/Rollout/") != std::string::npos
                             ? "application/merge-patch+json"
                             : "application/strategic-merge-patch+json";
  request.body = change.patch.dump();
  const auto answer = pipeline.cluster.world().api().Handle(request);
  return answer.code == 200
             ? ""
             : "change of " + change.workload + ": " + answer.body;
}

/// The world before the alerts. @return why it can't be so, or "".
std::string Prepare(const Scenario& scenario, Pipeline& pipeline) {
  pipeline.cluster.world().AddShop();
  for (const kubesim::Json& object : scenario.objects) {
    pipeline.cluster.world().Apply(object);
  }
  pipeline.Advance(scenario.age);
  for (const ScenarioSeries& series : scenario.series) {
    Pattern pattern = series.pattern;
    pattern.pods = PodsMeant(series.of, pipeline);
    pipeline.metrics.patterns.push_back(std::move(pattern));
  }
  pipeline.metrics.down = scenario.prometheus_down;
  if (scenario.kill_switch) pipeline.switches.TurnOn("file");
  for (const Change& change : scenario.changes) {
    if (auto problem = Make(change, pipeline); !problem.empty()) return problem;
  }
  for (const Injection& injection : scenario.inject) {
    pipeline.cluster.world().kubelet().Inject(
        injection.workload, {{"behaviour", injection.behaviour}}, false,
        injection.pods);
  }
  for (const NodeCondition& condition : scenario.nodes) {
    pipeline.cluster.world().SetNodeCondition(condition.node, condition.type,
                                              condition.status);
  }
  pipeline.Advance(std::max<Duration>(scenario.wait, seconds(1)));
  return "";
}

/// A person answers each question that is open.
void Answer(const Scenario& scenario, Pipeline& pipeline) {
  for (const Incident& incident : pipeline.All()) {
    if (incident.phase != Phase::kAwaitingApproval) continue;
    ApprovalStore& approvals = pipeline.store;
    static_cast<void>(approvals.Decide({.incident_id = incident.id,
                                        .plan_hash = incident.plan->hash,
                                        .grant = scenario.answer == "approve",
                                        .by = "admin:ann",
                                        .reason = "told so"},
                                       pipeline.clock.Now()));
    // The receiver wakes the incident up; here the clock does.
    Incident woken = incident;
    woken.next_at = pipeline.clock.Now();
    IncidentStore& incidents = pipeline.store;
    IncidentUpdate update;
    update.incident = &woken;
    static_cast<void>(incidents.Save(update));
  }
}

/// What people and Alertmanager do meanwhile.
std::function<void()> Meanwhile(const Scenario& scenario, Pipeline& pipeline,
                                AlertGroup group) {
  const Time posted = pipeline.clock.Now();
  std::set<seconds> later;
  for (const ScenarioAlert& alert : scenario.alerts) {
    if (alert.after > seconds(0)) later.insert(alert.after);
  }
  return [&scenario, &pipeline, group, posted, later,
          resolved = false]() mutable {
    while (!later.empty() && pipeline.clock.Now() >= posted + *later.begin()) {
      const AlertGroup more = GroupOf(scenario, *later.begin(), pipeline);
      pipeline.Post(more);
      group.alerts.insert(group.alerts.end(), more.alerts.begin(),
                          more.alerts.end());
      later.erase(later.begin());
    }
    const bool due = scenario.resolve_after > seconds(0) &&
                     pipeline.clock.Now() >= posted + scenario.resolve_after;
    if (due && !resolved) {
      resolved = true;
      for (Alert& alert : group.alerts) {
        alert.status = AlertStatus::kResolved;
        alert.ends_at = pipeline.clock.Now();
      }
      pipeline.Post(group);
    }
    if (!scenario.answer.empty()) Answer(scenario, pipeline);
  };
}

std::vector<std::string> ActionsOf(const Incident& incident) {
  std::vector<std::string> actions;
  for (const Execution& execution : incident.executions) {
    actions.push_back(std::string(ActionName(execution.action)) + " " +
                      execution.phase + " " +
                      (execution.outcome
                           ? std::string(OutcomeName(*execution.outcome))
                           : "open"));
  }
  return actions;
}

std::vector<std::string> DeniedBy(const Incident& incident) {
  std::vector<std::string> guards;
  if (!incident.verdict) return guards;
  for (const Finding& finding : incident.verdict->findings) {
    if (finding.outcome == FindingOutcome::kDeny) {
      guards.push_back(finding.guard);
    }
  }
  return guards;
}

/// "a", "[a, b]"; "nothing" for an empty list.
std::string Shown(const std::vector<std::string>& list) {
  if (list.empty()) return "nothing";
  if (list.size() == 1) return list.front();
  std::string text;
  for (const std::string& item : list) {
    text += (text.empty() ? "[" : ", ") + item;
  }
  return text + "]";
}

/// Of `all`, oldest first, those after the first.
std::vector<std::string> OthersOf(const std::vector<Incident>& all) {
  std::vector<std::string> others;
  for (std::size_t i = 1; i < all.size(); ++i) {
    others.push_back(std::string(IncidentTypeName(all[i].type)) + " " +
                     std::string(PhaseName(all[i].phase)));
  }
  return others;
}

class Comparison {
 public:
  using List = std::vector<std::string>;

  void Same(std::string_view what, List expected, List found) {
    if (expected == found) return;
    differences_.push_back(
        {std::string(what), std::move(expected), std::move(found)});
  }
  void Same(std::string_view what, const std::string& expected,
            const std::string& found) {
    Same(what, List{expected}, List{found});
  }
  std::vector<Difference> Take() { return std::move(differences_); }

 private:
  std::vector<Difference> differences_;
};

std::vector<Difference> Compare(const Scenario::Expectation& expect,
                                Pipeline& pipeline) {
  Comparison compare;
  compare.Same("mutations", std::to_string(expect.mutations),
               std::to_string(pipeline.cluster.accepted().size()));
  const bool none = expect.phase == "none";
  const std::vector<Incident> all = pipeline.All();
  compare.Same("incidents", std::to_string(none ? 0 : 1 + expect.others.size()),
               std::to_string(all.size()));
  if (none || all.empty()) return compare.Take();
  compare.Same("others", expect.others, OthersOf(all));
  const Incident& incident = all.front();
  const std::string phase(PhaseName(incident.phase));
  compare.Same(
      "phase", expect.phase,
      phase == expect.phase ? phase : phase + " (" + incident.reason + ")");
  compare.Same("verdict", expect.verdict,
               incident.verdict
                   ? std::string(FindingName(incident.verdict->outcome))
                   : "none");
  compare.Same("denied_by", expect.denied_by, DeniedBy(incident));
  compare.Same("actions", expect.actions, ActionsOf(incident));
  if (!expect.verification.empty()) {
    const auto& found = incident.verification;
    compare.Same(
        "verification", expect.verification,
        found ? std::string(VerificationName(found->outcome)) : "none");
  }
  if (incident.reason.find(expect.reason) == std::string::npos) {
    compare.Same("reason", "\"..." + expect.reason + "...\"", incident.reason);
  }
  return compare.Take();
}

}  // namespace

std::string ToString(const Difference& difference) {
  return difference.what + ": expected " + Shown(difference.expected) +
         ", found " + Shown(difference.found);
}

std::vector<Difference> Tell(const Scenario& scenario, Pipeline& pipeline) {
  if (auto problem = Prepare(scenario, pipeline); !problem.empty()) {
    return {{"world", {"as the scenario makes it"}, {problem}}};
  }
  const AlertGroup group = GroupOf(scenario, seconds(0), pipeline);
  pipeline.Post(group);
  pipeline.on_round = Meanwhile(scenario, pipeline, group);
  const bool ended = pipeline.Run(kLimit);
  std::vector<Difference> differences = Compare(scenario.expect, pipeline);
  if (!ended) {
    differences.push_back({"end", {"within 3h"}, {"not reached within 3h"}});
  }
  return differences;
}

}  // namespace selfheal::testing
