#include "contract/store_world.h"

namespace selfheal::testing {
namespace {

TEST_P(StoreContract, IntentIsStoredWithItsVeryBytes) {
  Incident incident = Stored("cart");
  incident.phase = Phase::kExecuting;
  const PermitRequest request = Restart(incident, "action");
  incident.executions.emplace_back().intent_id = request.purpose.intent_id;
  const std::vector<AuditRecord> records = {
      {0, now(), incident.id, Stage::kGuard, "allow", "All agree.", {}}};
  const Result<Intent> intent = store().audit.RecordIntent(
      MakePermit(request, clock_), incident, records);
  ASSERT_TRUE(intent.ok()) << intent.error().message;
  EXPECT_EQ(intent->request(), request.request);

  const auto stored = store().audit.Intents(incident.id);
  ASSERT_EQ(stored->size(), 1u);
  EXPECT_EQ(stored->at(0).request, request.request);
  EXPECT_EQ(stored->at(0).purpose.intent_id, "action/canary/1");
  EXPECT_EQ(stored->at(0).purpose.target, incident.target);
  EXPECT_EQ(UidOf(stored->at(0).mutation), "uid-pod");
  EXPECT_FALSE(stored->at(0).outcome.has_value());
  EXPECT_EQ(stored->at(0).deadline, intent->deadline());
  EXPECT_EQ(store().incidents.Load(incident.id)->phase, Phase::kExecuting);

  const auto audit = store().audit.Find(incident.id);
  ASSERT_EQ(audit->size(), 2u);
  EXPECT_EQ(audit->at(0).outcome, "allow");
  EXPECT_EQ(audit->at(1).stage, Stage::kExecute);
  EXPECT_EQ(audit->at(1).outcome, "intent");
}

TEST_P(StoreContract, IntentIdIsUsedOnce) {
  const Incident incident = Stored("cart");
  ASSERT_TRUE(Record(Restart(incident, "action"), incident).ok());
  const auto again = Record(Restart(incident, "action"), incident);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::kAlreadyExists);
  EXPECT_EQ(store().audit.Intents(incident.id)->size(), 1u);
}

/// Nothing of a refused intent may stay.
void ExpectRefused(StoreHandle& store, const Incident& incident,
                   const Result<Intent>& result, const std::string& check) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(result.error().message.rfind(check + ":", 0), 0u)
      << result.error().message;
  EXPECT_TRUE(store.audit.Intents(incident.id)->empty());
  EXPECT_TRUE(store.audit.Find(incident.id)->empty());
  EXPECT_EQ(store.incidents.Load(incident.id)->phase, incident.phase);
}

TEST_P(StoreContract, KillSwitchStopsEveryIntentAlsoUndo) {
  const Incident incident = Stored("cart");
  ASSERT_TRUE(store().history.SetKillSwitch({true, "stop", "me", now()}).ok());
  Incident next = incident;
  next.phase = Phase::kExecuting;
  ExpectRefused(store(), incident, Record(Restart(incident, "a"), next),
                "kill_switch");
  PermitRequest undo = Restart(incident, "b");
  undo.purpose.kind = ActionKind::kUndoRollingRestart;
  ExpectRefused(store(), incident, Record(undo, next), "kill_switch");
  ASSERT_TRUE(store().history.SetKillSwitch({false, "go", "me", now()}).ok());
  EXPECT_TRUE(Record(Restart(incident, "a"), next).ok());
}

TEST_P(StoreContract, OpenBreakerStopsAllButUndo) {
  const Incident incident = Stored("cart");
  for (const char* scope : {"global", "memory-leak"}) {
    const BreakerRow row{scope, now(), "two failures", std::nullopt};
    ASSERT_TRUE(store().history.SetBreaker({scope, row, "flow"}).ok());
    ExpectRefused(store(), incident, Record(Restart(incident, "a"), incident),
                  "breaker");
    ASSERT_TRUE(store().history.SetBreaker({scope, std::nullopt, "me"}).ok());
  }
  const BreakerRow other{"crash-loop", now(), "r", std::nullopt};
  ASSERT_TRUE(store().history.SetBreaker({"crash-loop", other, "flow"}).ok());
  EXPECT_TRUE(Record(Restart(incident, "a"), incident).ok());
  const BreakerRow global{"global", now(), "r", std::nullopt};
  ASSERT_TRUE(store().history.SetBreaker({"global", global, "flow"}).ok());
  PermitRequest undo = Restart(incident, "b");
  undo.purpose.kind = ActionKind::kUndoRollingRestart;
  EXPECT_TRUE(Record(undo, incident).ok());
}

TEST_P(StoreContract, BreakerClosesByItself) {
  const Incident incident = Stored("cart");
  const BreakerRow row{"global", now(), "storm", now() + seconds(60)};
  ASSERT_TRUE(store().history.SetBreaker({"global", row, "storm"}).ok());
  ExpectRefused(store(), incident, Record(Restart(incident, "a"), incident),
                "breaker");
  clock_.Advance(seconds(61));
  EXPECT_TRUE(Record(Restart(incident, "a"), incident).ok());
}

TEST_P(StoreContract, BudgetsAreCountedFromRows) {
  const Incident cart = Stored("cart");
  const Incident pay = Stored("pay");
  ASSERT_TRUE(Record(Restart(cart, "a"), cart).ok());
  // One a namespace at a time, whatever the cluster's bound.
  ExpectRefused(store(), pay, Record(Restart(pay, "b"), pay), "in_flight");
  ASSERT_TRUE(End(cart, "a", ActionResult::kMitigated).ok());
  ASSERT_TRUE(Record(Restart(pay, "b"), pay).ok());
  ASSERT_TRUE(End(pay, "b", ActionResult::kMitigated).ok());

  const auto state = store().history.Recent(now());
  ASSERT_EQ(state->actions.size(), 2u);
  EXPECT_EQ(state->actions[0].target, cart.target);
  EXPECT_EQ(state->actions[0].result, ActionResult::kMitigated);
  EXPECT_EQ(state->actions[0].kind, ActionKind::kRollingRestart);

  PermitRequest third = Restart(pay, "c");
  third.guards.cooldown = seconds(300);
  const auto refused = Record(third, pay);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message.rfind("cooldown:", 0), 0u);
  clock_.Advance(seconds(301));
  EXPECT_TRUE(Record(third, pay).ok());
}

TEST_P(StoreContract, LaterIntentsOfAnActionUseNoBudget) {
  const Incident incident = Stored("cart");
  PermitRequest first = Restart(incident, "a");
  first.guards.max_actions_per_10m = 1;
  ASSERT_TRUE(Record(first, incident).ok());
  PermitRequest rest = first;
  rest.purpose.intent_id = "a/rest/1";
  rest.purpose.phase = "rest";
  rest.purpose.first_of_action = false;
  EXPECT_TRUE(Record(rest, incident).ok());
  // A second try of the first intent holds the budget already.
  PermitRequest again = first;
  again.purpose.intent_id = "a/canary/2";
  again.purpose.attempt = 2;
  EXPECT_TRUE(Record(again, incident).ok());
  EXPECT_EQ(store().history.Recent(now())->actions.size(), 1u);
  EXPECT_EQ(store().audit.Intents(incident.id)->size(), 3u);
}

TEST_P(StoreContract, LaterIntentNeedsItsActionInFlight) {
  const Incident incident = Stored("cart");
  PermitRequest rest = Restart(incident, "a");
  rest.purpose.first_of_action = false;
  ExpectRefused(store(), incident, Record(rest, incident), "action");
  ASSERT_TRUE(Record(Restart(incident, "a"), incident).ok());
  ASSERT_TRUE(End(incident, "a", ActionResult::kFailed).ok());
  rest.purpose.intent_id = "a/rest/1";
  const auto late = Record(rest, incident);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, Code::kFailedPrecondition);
}

TEST_P(StoreContract, ActionEndsOnce) {
  const Incident incident = Stored("cart");
  // It never came to an intent, so there is nothing to end.
  EXPECT_TRUE(End(incident, "a", ActionResult::kCancelled).ok());
  ASSERT_TRUE(Record(Restart(incident, "a"), incident).ok());
  clock_.Advance(seconds(5));
  EXPECT_TRUE(End(incident, "a", ActionResult::kFailed).ok());
  const Time ended = now();
  clock_.Advance(seconds(5));
  EXPECT_TRUE(End(incident, "a", ActionResult::kFailed).ok());
  EXPECT_EQ(End(incident, "a", ActionResult::kMitigated).error().code,
            Code::kFailedPrecondition);
  const auto state = store().history.Recent(now());
  EXPECT_EQ(state->actions.at(0).finished_at, ended);
  EXPECT_EQ(state->actions.at(0).result, ActionResult::kFailed);
}

TEST_P(StoreContract, OldActionsAreForgottenButNotThoseInFlight) {
  const Incident cart = Stored("cart");
  ASSERT_TRUE(Record(Restart(cart, "a"), cart).ok());
  clock_.Advance(std::chrono::hours(30));
  EXPECT_EQ(store().history.Recent(now())->actions.size(), 1u);
  ASSERT_TRUE(End(cart, "a", ActionResult::kFailed).ok());
  EXPECT_TRUE(store().history.Recent(now())->actions.empty());
}

TEST_P(StoreContract, IntentEndsOnceOrFromUnknown) {
  const Incident incident = Stored("cart");
  ASSERT_TRUE(Record(Restart(incident, "a"), incident).ok());
  const auto end = [&](ExecutionOutcome outcome) {
    IncidentUpdate update;
    update.incident = &incident;
    update.outcomes = {{"a/canary/1", outcome, "detail"}};
    return store().incidents.Save(update);
  };
  ASSERT_TRUE(end(ExecutionOutcome::kUnknown).ok());
  ASSERT_TRUE(end(ExecutionOutcome::kApplied).ok());
  ASSERT_TRUE(end(ExecutionOutcome::kApplied).ok());
  EXPECT_EQ(end(ExecutionOutcome::kRefused).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(store().audit.Intents(incident.id)->at(0).outcome,
            ExecutionOutcome::kApplied);
  IncidentUpdate unknown;
  unknown.incident = &incident;
  unknown.outcomes = {{"nobody", ExecutionOutcome::kApplied, ""}};
  EXPECT_EQ(store().incidents.Save(unknown).error().code, Code::kNotFound);
}

TEST_P(StoreContract, BreakersAndKillSwitchAreAudited) {
  const BreakerRow row{"global", now(), "storm", now() + seconds(60)};
  ASSERT_TRUE(store().history.SetBreaker({"global", row, "storm"}).ok());
  const auto state = store().history.Recent(now());
  ASSERT_EQ(state->breakers.size(), 1u);
  EXPECT_EQ(state->breakers[0].reason, "storm");
  EXPECT_EQ(state->last_storm, now());
  ASSERT_TRUE(store()
                  .history
                  .SetBreaker({"global", std::nullopt, "admin:bob",
                               "the cause is gone"})
                  .ok());
  ASSERT_TRUE(
      store().history.SetBreaker({"global", std::nullopt, "x", "y"}).ok())
      << "a closed one has nothing to say";
  EXPECT_TRUE(store().history.Recent(now())->breakers.empty());
  EXPECT_EQ(store().history.Recent(now())->last_storm, now());
  ASSERT_TRUE(store().history.SetKillSwitch({true, "why", "bob", now()}).ok());
  const auto audit = store().audit.Find("");
  ASSERT_EQ(audit->size(), 3u);
  EXPECT_EQ(audit->at(0).outcome, "breaker_opened");
  EXPECT_EQ(audit->at(1).outcome, "breaker_closed");
  EXPECT_EQ(audit->at(1).reason, "closed by admin:bob: the cause is gone");
  EXPECT_EQ(audit->at(2).outcome, "kill_switch_on");
}

TEST_P(StoreContract, OpenBreakerKeepsItsReasonAndClosesLater) {
  const auto quiet = seconds(60);
  const BreakerRow row{"global", now(), "first", now() + quiet};
  ASSERT_TRUE(store().history.SetBreaker({"global", row, "storm"}).ok());
  clock_.Advance(seconds(50));
  // The storm goes on: the quiet time begins anew, though its trip of today
  // is not the first one any more.
  const BreakerRow again{"global", now(), "second", std::nullopt};
  ASSERT_TRUE(store().history.SetBreaker({"global", again, "storm"}).ok());
  auto open = store().history.Recent(now())->breakers.at(0);
  EXPECT_EQ(open.reason, "first");
  EXPECT_EQ(open.closes_at, now() + quiet);
  // Another cause waits for a person.
  const BreakerRow failures{"global", now(), "failures", std::nullopt};
  ASSERT_TRUE(store().history.SetBreaker({"global", failures, "flow"}).ok());
  open = store().history.Recent(now())->breakers.at(0);
  EXPECT_EQ(open.reason, "first");
  EXPECT_FALSE(open.closes_at.has_value());
  EXPECT_EQ(store().audit.Find("")->size(), 1u);
}

TEST_P(StoreContract, EpisodesComeFromLinkedAlertsAndTheWatch) {
  ASSERT_TRUE(store()
                  .alerts
                  .Append(Group({Firing("new", seconds(60)),
                                 Firing("old", seconds(3600)),
                                 Firing("unmatched", seconds(60))}),
                          now())
                  .ok());
  const Incident cart = Stored("cart");
  const auto rows = store().alerts.Uncorrelated(10);
  ASSERT_TRUE(
      store()
          .correlation.Link({{{rows->at(0).row, rows->at(1).row}, cart.id, {}}})
          .ok());
  Incident watched = NewIncident("pay");
  watched.from_watch = true;
  ASSERT_TRUE(Save(watched).ok());
  const auto episodes = store().history.Recent(now())->episodes;
  ASSERT_EQ(episodes.size(), 2u);
  EXPECT_EQ(episodes[0].target, cart.target);
  EXPECT_EQ(episodes[0].starts_at, now() - seconds(60));
  EXPECT_EQ(episodes[1].target, watched.target);
}

}  // namespace
}  // namespace selfheal::testing
