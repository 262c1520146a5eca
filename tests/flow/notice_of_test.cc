#include "flow/notice_of.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

Incident Asking() {
  Incident incident;
  incident.id = "01J";
  incident.target = {ObjectKind::kDeployment, "shop", "cart"};
  incident.phase = Phase::kAwaitingApproval;
  incident.reason = "waits for approval";
  incident.alerts = {{"f", "SelfhealMemoryLeak", Time(), true}};
  incident.assessment = Assessment{};
  incident.assessment->reasons = {"memory rises"};
  incident.assessment->forecast = Forecast{};
  incident.assessment->forecast->outcome = Judgement::kConfirmed;
  incident.assessment->forecast->component = "memory";
  incident.assessment->forecast->probability = 0.78;
  incident.assessment->forecast->eta = seconds(720);
  incident.assessment->forecast->eta_low = seconds(540);
  incident.assessment->forecast->eta_high = seconds(960);
  incident.plan = Plan{};
  incident.plan->runbook = "memory-leak";
  incident.plan->hash = "0123456789abcdef";
  incident.plan->steps.resize(1);
  incident.plan->change.summary = "restart cart";
  incident.plan->change.blast_radius = "1 of 3 pods";
  incident.verdict = Verdict{};
  incident.verdict->findings = {
      {"cooldown", FindingOutcome::kAllow, "", std::nullopt},
      {"approval", FindingOutcome::kNeedsApproval, "asks", std::nullopt}};
  incident.approval = Approval{};
  incident.approval->plan_hash = incident.plan->hash;
  incident.approval->target_uid = "uid";
  incident.approval->generation = 4;
  return incident;
}

std::string FactOf(const Notice& notice, const std::string& name) {
  for (const NoticeFact& fact : notice.facts) {
    if (fact.name == name) return fact.text;
  }
  return "";
}

TEST(NoticeOf, TellsAllThatAPersonNeedsToDecide) {
  const Notice notice = NoticeOf(Asking(), {"news"});
  EXPECT_EQ(notice.severity, "warning");
  EXPECT_EQ(FactOf(notice, "Fired"),
            "SelfhealMemoryLeak since 1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FactOf(notice, "Evidence"), "memory rises");
  EXPECT_EQ(FactOf(notice, "Forecast"),
            "memory: 78 % to reach its limit within the horizon, in 12m (9m "
            "to 16m)");
  EXPECT_NE(FactOf(notice, "Plan").find("restart cart (runbook memory-leak"),
            std::string::npos);
  EXPECT_EQ(FactOf(notice, "Blast radius"), "1 of 3 pods");
  EXPECT_EQ(FactOf(notice, "Guards"), "approval: asks; 1 of 2 allow it");
  ASSERT_TRUE(notice.question);
  EXPECT_EQ(notice.question->plan_hash, "0123456789abcdef");
  EXPECT_EQ(notice.question->target_uid, "uid");
  EXPECT_EQ(notice.question->generation, 4);
  EXPECT_EQ(notice.question->change, "restart cart");
}

TEST(NoticeOf, AsksNothingOnceItIsDecided) {
  Incident incident = Asking();
  incident.approval->state = ApprovalState::kGranted;
  incident.approval->decided_by = "slack:U1";
  const Notice notice = NoticeOf(incident, {});
  EXPECT_FALSE(notice.question);
  EXPECT_EQ(FactOf(notice, "Approval"), "granted by slack:U1");
  incident = Asking();
  incident.phase = Phase::kCancelled;
  EXPECT_FALSE(NoticeOf(incident, {}).question);
}

TEST(NoticeOf, SaysUntilWhenItIsHeldBackAtLeast) {
  Incident incident;
  incident.reason = "waits: cooldown: cart rests";
  incident.next_at = Time(seconds(60));
  EXPECT_EQ(FactOf(NoticeOf(incident, {}), "Waits"),
            "until 1970-01-01T00:01:00.000Z at the earliest");
  incident.wait_deadline = Time(seconds(900));
  EXPECT_EQ(FactOf(NoticeOf(incident, {}), "Waits"),
            "until 1970-01-01T00:01:00.000Z at the earliest; a person is asked "
            "to look if it may not act by 1970-01-01T00:15:00.000Z");
  incident.reason = "denied";
  EXPECT_EQ(FactOf(NoticeOf(incident, {}), "Waits"), "");
}

TEST(NoticeOf, LeavesOutWhatThereIsNot) {
  Incident incident;
  incident.phase = Phase::kEscalated;
  incident.reason = "no runbook";
  incident.from_watch = true;
  incident.rule = "leak";
  const Notice notice = NoticeOf(incident, {});
  EXPECT_EQ(notice.severity, "critical");
  ASSERT_EQ(notice.facts.size(), 2u);
  EXPECT_EQ(FactOf(notice, "Fired"),
            "no alert: found by the watch of rule leak");
  EXPECT_EQ(FactOf(notice, "Now"), "no runbook");
}

}  // namespace
}  // namespace selfheal
