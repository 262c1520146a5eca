#include "adapters/telemetry/metrics.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace selfheal::telemetry {
namespace {

using std::chrono::seconds;

class MetricsTest : public ::testing::Test {
 protected:
  /// The value of one sample, or -1 where there is no such line.
  double Sample(const std::string& name_and_labels) {
    std::istringstream lines(metrics_.Text());
    std::string line;
    while (std::getline(lines, line)) {
      if (line.starts_with(name_and_labels + " ")) {
        return std::stod(line.substr(name_and_labels.size() + 1));
      }
    }
    return -1;
  }

  Metrics metrics_{"1.2.3", {"cooldown", "storm"}, {"memory-leak"}};
};

TEST_F(MetricsTest, NamesEveryFamilyOfTheInterface) {
  const std::string text = metrics_.Text();
  for (const char* name : {"selfheal_alerts_received_total",
                           "selfheal_webhook_requests_total",
                           "selfheal_incidents_total",
                           "selfheal_incidents",
                           "selfheal_anomaly_score",
                           "selfheal_forecast_probability",
                           "selfheal_assessments_total",
                           "selfheal_actions_total",
                           "selfheal_guard_findings_total",
                           "selfheal_verifications_total",
                           "selfheal_approvals_total",
                           "selfheal_time_to_mitigate_seconds",
                           "selfheal_stage_duration_seconds",
                           "selfheal_queue_depth",
                           "selfheal_kill_switch",
                           "selfheal_breaker_open",
                           "selfheal_dependency_up",
                           "selfheal_event_outbox_depth",
                           "selfheal_build_info",
                           "selfheal_audit_intact",
                           "selfheal_blind",
                           "selfheal_alerts_malformed_total",
                           "selfheal_webhook_truncated_total"}) {
    EXPECT_NE(text.find("# TYPE " + std::string(name) + " "), std::string::npos)
        << name;
    EXPECT_NE(text.find("# HELP " + std::string(name) + " "), std::string::npos)
        << name;
  }
}

TEST_F(MetricsTest, EveryLabelValueStandsAtZeroFromTheStart) {
  for (const char* sample :
       {R"(selfheal_alerts_received_total{status="firing"})",
        R"(selfheal_alerts_received_total{status="resolved"})",
        R"(selfheal_webhook_requests_total{code="200"})",
        R"(selfheal_webhook_requests_total{code="503"})",
        R"(selfheal_incidents{phase="awaiting_approval"})",
        R"(selfheal_incidents{phase="cancelled"})",
        R"(selfheal_assessments_total{outcome="not_confirmed"})",
        R"(selfheal_verifications_total{outcome="inconclusive"})",
        R"(selfheal_approvals_total{outcome="expired"})",
        R"(selfheal_breaker_open{scope="global"})",
        R"(selfheal_breaker_open{scope="memory-leak"})",
        R"(selfheal_dependency_up{dependency="store"})",
        R"(selfheal_queue_depth)", R"(selfheal_kill_switch)",
        R"(selfheal_anomaly_score_count)",
        R"(selfheal_stage_duration_seconds_count{stage="verify"})"}) {
    EXPECT_EQ(Sample(sample), 0) << sample;
  }
  EXPECT_EQ(Sample(R"(selfheal_build_info{version="1.2.3"})"), 1);
}

TEST_F(MetricsTest, ADependencyThatNobodyCalledIsNotDown) {
  const std::string sample =
      R"(selfheal_dependency_up{dependency="kubernetes"})";
  EXPECT_EQ(Sample(sample), -1);
  metrics_.OnDependency("kubernetes", false);
  EXPECT_EQ(Sample(sample), 0);
}

TEST_F(MetricsTest, NoSeriesStandsTwice) {
  metrics_.OnAction(ActionKind::kRestartPod, ExecutionOutcome::kApplied);
  std::istringstream lines(metrics_.Text());
  std::string line;
  std::set<std::string> seen;
  while (std::getline(lines, line)) {
    if (line.starts_with("#")) continue;
    EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_GT(seen.size(), 100u);
}

TEST_F(MetricsTest, FollowsAnIncidentToItsEnd) {
  Incident incident;
  incident.type = IncidentType::kMemoryLeak;
  incident.opened_at = Time(seconds(1000));
  metrics_.OnPhase(incident, std::nullopt);
  EXPECT_EQ(Sample(R"(selfheal_incidents{phase="open"})"), 1);
  incident.phase = Phase::kMitigated;
  incident.closed_at = Time(seconds(1090));
  metrics_.OnPhase(incident, Phase::kOpen);
  EXPECT_EQ(Sample(R"(selfheal_incidents{phase="open"})"), 0);
  EXPECT_EQ(Sample(R"(selfheal_incidents{phase="mitigated"})"), 1);
  EXPECT_EQ(Sample("selfheal_time_to_mitigate_seconds_sum"), 90);
  EXPECT_EQ(Sample(R"(selfheal_time_to_mitigate_seconds_bucket{le="120"})"), 1);
  EXPECT_EQ(Sample(R"(selfheal_time_to_mitigate_seconds_bucket{le="60"})"), 0);
}

TEST_F(MetricsTest, KnowsHowLongPeopleTookToAnswer) {
  Incident incident;
  incident.phase = Phase::kAwaitingApproval;
  incident.approval = Approval{};
  incident.approval->asked_at = Time(seconds(1000));
  metrics_.OnPhase(incident, Phase::kOpen);
  incident.approval->state = ApprovalState::kConsumed;
  incident.approval->grants = {{"admin:alice", Time(seconds(1020)), ""},
                               {"admin:bob", Time(seconds(1045)), ""}};
  incident.phase = Phase::kExecuting;
  metrics_.OnPhase(incident, Phase::kAwaitingApproval);
  const auto wait = [this](const std::string& what) {
    return Sample("selfheal_approval_wait_seconds_" + what);
  };
  EXPECT_EQ(wait(R"(sum{outcome="granted"})"), 45);
  EXPECT_EQ(wait(R"(count{outcome="granted"})"), 1);

  incident.approval->grants.clear();
  incident.approval->state = ApprovalState::kDenied;
  incident.phase = Phase::kCancelled;
  incident.closed_at = Time(seconds(1007));
  metrics_.OnPhase(incident, Phase::kAwaitingApproval);
  EXPECT_EQ(wait(R"(sum{outcome="denied"})"), 7);
  EXPECT_EQ(wait(R"(count{outcome="expired"})"), 0);
}

TEST_F(MetricsTest, TellsHowForecastsCameOut) {
  Incident incident;
  incident.assessment = Assessment{};
  incident.phase = Phase::kMitigated;
  metrics_.OnPhase(incident, Phase::kVerifying);
  const std::string mitigated =
      R"(selfheal_forecasts_total{forecast="confirmed",outcome="mitigated"})";
  EXPECT_EQ(Sample(mitigated), 0);
  incident.assessment->forecast = Forecast{};
  incident.assessment->forecast->outcome = Judgement::kConfirmed;
  metrics_.OnPhase(incident, Phase::kVerifying);
  EXPECT_EQ(Sample(mitigated), 1);
}

TEST_F(MetricsTest, CountsWhatHappens) {
  metrics_.WebhookAnswered(200);
  metrics_.WebhookAnswered(418);
  metrics_.SetKillSwitch(true);
  metrics_.SetOpenBreakers({"global"});
  metrics_.OnDependency("slack", true);
  metrics_.OnStage(Stage::kCollect, "collected", seconds(2));
  Verdict verdict;
  verdict.findings.push_back({.guard = "cooldown",
                              .outcome = FindingOutcome::kDeny,
                              .reason = "",
                              .retry_at = std::nullopt});
  metrics_.OnVerdict(verdict);
  EXPECT_EQ(Sample(R"(selfheal_webhook_requests_total{code="200"})"), 1);
  EXPECT_EQ(Sample(R"(selfheal_webhook_requests_total{code="other"})"), 1);
  EXPECT_EQ(Sample("selfheal_kill_switch"), 1);
  EXPECT_EQ(Sample(R"(selfheal_breaker_open{scope="global"})"), 1);
  EXPECT_EQ(Sample(R"(selfheal_breaker_open{scope="memory-leak"})"), 0);
  EXPECT_EQ(Sample(R"(selfheal_dependency_up{dependency="slack"})"), 1);
  EXPECT_EQ(Sample(R"(selfheal_stage_duration_seconds_sum{stage="collect"})"),
            2);
  EXPECT_EQ(
      Sample(
          R"(selfheal_guard_findings_total{guard="cooldown",outcome="deny"})"),
      1);
}

TEST_F(MetricsTest, PromtoolFindsNothing) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  }
  std::string path = ::testing::TempDir() + "metricsXXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path) << metrics_.Text();
  const std::string command = "promtool check metrics < " + path + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  char chunk[256];
  while (std::fgets(chunk, sizeof chunk, pipe) != nullptr) output += chunk;
  const int status = pclose(pipe);
  unlink(path.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 0) << output;
}

}  // namespace
}  // namespace selfheal::telemetry
