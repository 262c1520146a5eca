// Tells every story of this folder to the whole pipeline.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "flow/replay.h"
#include "tests/pipeline/pipeline.h"
#include "tests/scenarios/scenario.h"
#include "tests/support/paths.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{3 * 3600};

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceDir() + "/tests/scenarios")) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

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

AlertGroup GroupOf(const Scenario& scenario, Pipeline& pipeline) {
  AlertGroup group;
  group.version = "4";
  for (const ScenarioAlert& from : scenario.alerts) {
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

void Prepare(const Scenario& scenario, Pipeline& pipeline) {
  pipeline.cluster.world().AddShop();
  for (const kubesim::Json& object : scenario.objects) {
    pipeline.cluster.world().Apply(object);
  }
  pipeline.Advance(seconds(60));
  pipeline.metrics.patterns = scenario.series;
  pipeline.metrics.down = scenario.prometheus_down;
  if (scenario.kill_switch) pipeline.switches.TurnOn("file");
  for (const Injection& injection : scenario.inject) {
    pipeline.cluster.world().kubelet().Inject(
        injection.workload, {{"behaviour", injection.behaviour}}, false,
        injection.pods);
  }
  pipeline.Advance(std::max<Duration>(scenario.wait, seconds(1)));
}

/// What people and Alertmanager do meanwhile.
std::function<void()> Meanwhile(const Scenario& scenario, Pipeline& pipeline,
                                AlertGroup group) {
  const Time posted = pipeline.clock.Now();
  return [&scenario, &pipeline, group, posted, resolved = false]() mutable {
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
    if (scenario.answer.empty()) return;
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

void ExpectVerdict(const Scenario::Expectation& expect,
                   const Incident& incident) {
  const auto& verdict = incident.verdict;
  EXPECT_EQ(verdict ? FindingName(verdict->outcome) : "none", expect.verdict);
  std::vector<std::string> denied;
  if (verdict) {
    for (const Finding& finding : verdict->findings) {
      if (finding.outcome == FindingOutcome::kDeny) {
        denied.push_back(finding.guard);
      }
    }
  }
  EXPECT_EQ(denied, expect.denied_by);
}

void Expect(const Scenario::Expectation& expect, Pipeline& pipeline) {
  EXPECT_EQ(static_cast<int>(pipeline.cluster.accepted().size()),
            expect.mutations);
  if (expect.phase == "none") {
    EXPECT_TRUE(pipeline.All().empty());
    return;
  }
  ASSERT_EQ(pipeline.All().size(), 1u);
  const Incident incident = pipeline.Only();
  EXPECT_EQ(PhaseName(incident.phase), expect.phase) << incident.reason;
  ExpectVerdict(expect, incident);
  EXPECT_EQ(ActionsOf(incident), expect.actions);
  if (!expect.verification.empty()) {
    ASSERT_TRUE(incident.verification.has_value());
    EXPECT_EQ(VerificationName(incident.verification->outcome),
              expect.verification);
  }
  EXPECT_NE(incident.reason.find(expect.reason), std::string::npos)
      << incident.reason;
}

/// Each assessment can be recomputed from what the store was given.
void ExpectReplayable(const FakeStoreState& state) {
  std::map<std::string, std::vector<const AuditRecord*>> rows;
  for (const AuditRecord& row : state.audit) {
    if (row.stage == Stage::kAssess) rows[row.incident_id].push_back(&row);
  }
  for (const auto& [incident, assessed] : rows) {
    std::vector<std::shared_ptr<const KeptEvidence>> judged;
    for (const auto& kept : state.evidence.at(incident)) {
      if (kept->judged) judged.push_back(kept);
    }
    ASSERT_EQ(judged.size(), assessed.size());
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const Replay replay = ReplayAssessment(*assessed[i], *judged[i]);
      EXPECT_EQ(replay.outcome, ReplayOutcome::kIdentical) << replay.detail;
    }
  }
}

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, EndsAsWritten) {
  std::vector<SourceFinding> findings;
  const Scenario scenario = ReadScenario(GetParam(), &findings);
  for (const SourceFinding& finding : findings) {
    ADD_FAILURE() << ToString(finding);
  }
  ASSERT_TRUE(findings.empty());
  Pipeline pipeline(scenario.config);
  Prepare(scenario, pipeline);
  const AlertGroup group = GroupOf(scenario, pipeline);
  pipeline.Post(group);
  pipeline.on_round = Meanwhile(scenario, pipeline, group);
  EXPECT_TRUE(pipeline.Run(kLimit));
  Expect(scenario.expect, pipeline);
  ExpectReplayable(pipeline.store.state());
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& param) {
  std::string name = std::filesystem::path(param.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Told, ScenarioTest, ::testing::ValuesIn(Files()),
                         NameOf);

}  // namespace
}  // namespace selfheal::testing
