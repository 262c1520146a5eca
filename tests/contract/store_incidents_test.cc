#include <cmath>
#include <limits>
#include <set>

#include "codec/stored_incident.h"
#include "contract/store_world.h"

namespace selfheal::testing {
namespace {

TEST_P(StoreContract, IncidentComesBackAsItWent) {
  Incident incident = NewIncident("cart");
  incident.assessment = Assessment{};
  incident.assessment->score = 0.83;
  incident.assessment->seed = 18446744073709551615ULL;
  incident.next_at = now() + seconds(7);
  incident.progress.action_id = "action";
  ASSERT_TRUE(Save(incident).ok());
  const auto loaded = store().incidents.Load(incident.id);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(StoredIncidentJson(*loaded), StoredIncidentJson(incident));
}

TEST_P(StoreContract, LoadOfAnUnknownIdIsNotFound) {
  const auto loaded = store().incidents.Load("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, Code::kNotFound);
}

TEST_P(StoreContract, OneUnfinishedIncidentATargetAndType) {
  Incident first = Stored("cart");
  const Incident second = NewIncident("cart");
  const auto refused = Save(second);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kAlreadyExists);
  EXPECT_EQ(*store().correlation.FindOpen(first.target, first.type), first.id);

  Incident other_type = NewIncident("cart");
  other_type.type = IncidentType::kCrashLoop;
  EXPECT_TRUE(Save(other_type).ok());

  first.phase = Phase::kDismissed;
  first.closed_at = now();
  ASSERT_TRUE(Save(first).ok());
  EXPECT_FALSE(
      store().correlation.FindOpen(first.target, first.type)->has_value());
  EXPECT_TRUE(Save(second).ok());
  EXPECT_EQ(*store().correlation.FindOpen(first.target, first.type), second.id);
}

TEST_P(StoreContract, RefusedSaveLeavesNoTrace) {
  Stored("cart");
  const Incident second = NewIncident("cart");
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  IncidentUpdate update;
  update.incident = &second;
  update.records = {{0, now(), second.id, Stage::kCorrelate, "new", "r", {}}};
  update.alert_rows = {store().alerts.Uncorrelated(1)->front().row};
  const KeptEvidence evidence;
  update.evidence = &evidence;
  ASSERT_FALSE(store().incidents.Save(update).ok());
  EXPECT_FALSE(store().incidents.Load(second.id).ok());
  EXPECT_TRUE(store().audit.Find(second.id)->empty());
  EXPECT_FALSE(store().reader.Evidence(second.id).ok());
  EXPECT_EQ(store().alerts.Uncorrelated(1)->size(), 1u);
}

TEST_P(StoreContract, SaveWritesAllPartsAtOnce) {
  const Incident incident = NewIncident("cart");
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  EvidenceWindow window;
  window.at = now();
  window.problems = {"prometheus: warning"};
  MetricWindow metric;
  metric.name = "memory";
  metric.window.values = {1, std::numeric_limits<double>::quiet_NaN(), 3};
  window.metrics.push_back(metric);
  const KeptEvidence evidence{window, std::nullopt};
  IncidentUpdate update;
  update.incident = &incident;
  update.records = {
      {0, now(), incident.id, Stage::kCorrelate, "opened", "Why.", {}},
      {0, now(), incident.id, Stage::kCollect, "collected", "Why.", {}}};
  update.alert_rows = {store().alerts.Uncorrelated(1)->front().row};
  update.evidence = &evidence;
  ASSERT_TRUE(store().incidents.Save(update).ok());

  EXPECT_EQ(store().incidents.Load(incident.id)->alerts.size(), 1u);
  const auto records = store().audit.Find(incident.id);
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ(records->at(0).outcome, "opened");
  EXPECT_EQ(records->at(1).seq, records->at(0).seq + 1);
  const auto read = store().reader.Evidence(incident.id);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_FALSE(read->later.has_value());
  const EvidenceWindow* const kept = &read->shown.window;
  EXPECT_EQ(kept->problems, window.problems);
  ASSERT_EQ(kept->metrics.size(), 1u);
  EXPECT_EQ(kept->metrics[0].window.values.at(2), 3);
  EXPECT_TRUE(std::isnan(kept->metrics[0].window.values.at(1)));
}

TEST_P(StoreContract, UnfinishedGivesTheOldestFirst) {
  Incident a = Stored("a");
  clock_.Advance(seconds(1));
  const Incident b = Stored("b");
  clock_.Advance(seconds(1));
  const Incident c = Stored("c");
  a.phase = Phase::kMitigated;
  ASSERT_TRUE(Save(a).ok());
  const auto unfinished = store().incidents.Unfinished();
  ASSERT_EQ(unfinished->size(), 2u);
  EXPECT_EQ(unfinished->at(0).id, b.id);
  EXPECT_EQ(unfinished->at(1).id, c.id);
}

TEST_P(StoreContract, OfTargetGivesWhatIsOpenAndWhatWasOpenedSince) {
  Incident old = Stored("a");
  old.phase = Phase::kMitigated;
  ASSERT_TRUE(Save(old).ok());
  Incident open = NewIncident("a");
  ASSERT_TRUE(Save(open).ok());
  clock_.Advance(seconds(60));
  const Time since = now();
  Incident ended = NewIncident("a");
  ended.type = IncidentType::kCrashLoop;
  ended.phase = Phase::kCancelled;
  ASSERT_TRUE(Save(ended).ok());
  Stored("b");
  const auto ids = [&](Time from) {
    std::vector<std::string> out;
    const auto all = store().correlation.OfTarget(open.target, from);
    EXPECT_TRUE(all.ok());
    for (const Incident& one : *all) out.push_back(one.id);
    return out;
  };
  EXPECT_EQ(ids(since), (std::vector<std::string>{open.id, ended.id}));
  EXPECT_EQ(ids(since + seconds(1)), std::vector<std::string>{open.id});
  EXPECT_EQ(ids(Time::min()).size(), 3u);
}

TEST_P(StoreContract, ListOfIncidentsPagesAndFilters) {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 5; ++i) {
    // Two of them open in the same instant.
    if (i != 3) clock_.Advance(seconds(1));
    Incident incident = NewIncident("c" + std::to_string(i));
    if (i == 1) incident.phase = Phase::kEscalated;
    if (i == 2) incident.type = IncidentType::kCrashLoop;
    ASSERT_TRUE(Save(incident).ok());
    newest_first.insert(newest_first.begin(), incident.id);
  }
  if (newest_first[1] < newest_first[2]) {
    std::swap(newest_first[1], newest_first[2]);
  }
  IncidentQuery query;
  query.limit = 2;
  std::vector<std::string> seen;
  do {
    const auto page = store().reader.List(query);
    ASSERT_TRUE(page.ok());
    for (const Incident& incident : page->items) seen.push_back(incident.id);
    query.cursor = page->next;
  } while (!query.cursor.empty());
  EXPECT_EQ(seen, newest_first);

  IncidentQuery escalated;
  escalated.phases = {Phase::kEscalated};
  EXPECT_EQ(store().reader.List(escalated)->items.size(), 1u);
  escalated.phases = {Phase::kEscalated, Phase::kOpen};
  EXPECT_EQ(store().reader.List(escalated)->items.size(), 5u);
  escalated.phases = {Phase::kVerifying, Phase::kMitigated};
  EXPECT_EQ(store().reader.List(escalated)->items.size(), 0u);
  IncidentQuery crash;
  crash.type = IncidentType::kCrashLoop;
  EXPECT_EQ(store().reader.List(crash)->items.size(), 1u);
  IncidentQuery since;
  since.since = now();
  EXPECT_EQ(store().reader.List(since)->items.size(), 1u);
}

TEST_P(StoreContract, ListOfIncidentsFiltersByNamespaceAndText) {
  Incident cart = NewIncident("cart");
  cart.rule = "memory-leak-rule";
  cart.reason = "Waits for a Person, 100% sure";
  ASSERT_TRUE(Save(cart).ok());
  Incident other = NewIncident("cart-worker");
  other.target.ns = "shop-two";
  ASSERT_TRUE(Save(other).ok());
  ASSERT_TRUE(
      store()
          .alerts.Append(Group({Firing("PodIsSad", seconds(60))}), now())
          .ok());
  IncidentUpdate update;
  update.incident = &other;
  update.alert_rows = {store().alerts.Uncorrelated(1)->front().row};
  ASSERT_TRUE(store().incidents.Save(update).ok());

  const auto ids = [&](const std::string& ns, const std::string& text) {
    IncidentQuery query;
    query.ns = ns;
    query.text = text;
    const auto page = store().reader.List(query);
    std::set<std::string> found;
    for (const Incident& one : page->items) found.insert(one.id);
    return found;
  };
  const std::set<std::string> both = {cart.id, other.id};
  EXPECT_EQ(ids("", ""), both);
  EXPECT_EQ(ids(cart.target.ns, ""), std::set{cart.id});
  EXPECT_EQ(ids("shop-two", ""), std::set{other.id});
  EXPECT_TRUE(ids("sho", "").empty());
  EXPECT_TRUE(ids("%", "").empty());
  EXPECT_EQ(ids("", "CART"), both);
  EXPECT_EQ(ids("", "memory-leak-RULE"), std::set{cart.id});
  EXPECT_EQ(ids("", "for a person, 100%"), std::set{cart.id});
  EXPECT_EQ(ids("", "podissad"), std::set{other.id});
  // Too short for an index of three characters.
  EXPECT_EQ(ids("", "RT"), both);
  EXPECT_EQ(ids("", "%"), std::set{cart.id});
  EXPECT_EQ(ids("", other.id.substr(3)), std::set{other.id});
  EXPECT_EQ(ids("shop-two", "cart"), std::set{other.id});
  EXPECT_TRUE(ids("", "a%b").empty());
  EXPECT_TRUE(ids("", "phase").empty());
}

TEST_P(StoreContract, EvidenceToShowIsTheJudgedOneAndHowItWentOn) {
  const Incident incident = Stored("cart");
  const auto keep = [&](const std::string& problem, bool judged) {
    KeptEvidence evidence;
    evidence.window.problems = {problem};
    if (judged) evidence.judged = Judged{};
    IncidentUpdate update;
    update.incident = &incident;
    update.evidence = &evidence;
    ASSERT_TRUE(store().incidents.Save(update).ok());
  };
  const auto shown = [&] { return *store().reader.Evidence(incident.id); };
  EXPECT_EQ(store().reader.Evidence(incident.id).error().code, Code::kNotFound);
  keep("first", false);
  EXPECT_EQ(shown().shown.window.problems.at(0), "first");
  keep("judged", true);
  EXPECT_EQ(shown().shown.window.problems.at(0), "judged");
  EXPECT_FALSE(shown().later.has_value());
  keep("after", false);
  EXPECT_EQ(shown().shown.window.problems.at(0), "judged");
  EXPECT_EQ(shown().later->problems.at(0), "after");
  keep("judged again", true);
  EXPECT_EQ(shown().shown.window.problems.at(0), "judged again");
  EXPECT_FALSE(shown().later.has_value());
}

TEST_P(StoreContract, CursorThatIsNotOursIsRefused) {
  Stored("cart");
  for (const char* cursor : {"x", "12-", "-", "12-no-ulid", "1'; DROP"}) {
    IncidentQuery query;
    query.cursor = cursor;
    const auto page = store().reader.List(query);
    ASSERT_FALSE(page.ok()) << cursor;
    EXPECT_EQ(page.error().code, Code::kInvalidArgument);
  }
}

TEST_P(StoreContract, AuditCountsWithoutGapsAndKeepsWhatItWasGiven) {
  const std::vector<AuditRecord> records = {
      {0,
       now(),
       "",
       Stage::kRecord,
       "started",
       "The service started.",
       {{"version", std::string("1")},
        {"count", std::int64_t{-5}},
        {"ratio", 0.5},
        {"whole", 2.0},
        {"on", true}}},
      {0, now(), "", Stage::kIntake, "truncated", "Some were cut off.", {}}};
  ASSERT_TRUE(store().audit.Append(records).ok());
  ASSERT_TRUE(store().audit.Append(records).ok());
  const auto found = store().audit.Find("");
  ASSERT_EQ(found->size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found->at(i).seq, static_cast<long long>(i + 1));
    EXPECT_EQ(found->at(i).data, records[i % 2].data);
    EXPECT_EQ(found->at(i).stage, records[i % 2].stage);
    EXPECT_EQ(found->at(i).reason, records[i % 2].reason);
    EXPECT_EQ(found->at(i).at, now());
  }
}

TEST_P(StoreContract, WhatHasEndedStaysEnded) {
  Incident incident = Stored("cart");
  const Incident before = incident;
  incident.phase = Phase::kMitigated;
  ASSERT_TRUE(Save(incident).ok());
  EXPECT_EQ(Save(before).error().code, Code::kAborted);
  EXPECT_EQ(store().incidents.Load(incident.id)->phase, Phase::kMitigated);
  EXPECT_TRUE(Save(incident).ok()) << "the same end again is no change";
}

TEST_P(StoreContract, WhoMissedAnOpenIntentWritesNothing) {
  const Incident before = Stored("cart");
  Incident after = before;
  after.phase = Phase::kExecuting;
  ASSERT_TRUE(Record(Restart(before, "a"), after).ok());
  // A pass that began before the intent was there knows nothing of it.
  EXPECT_EQ(Save(before).error().code, Code::kAborted);
  const auto stored = store().incidents.Load(before.id);
  EXPECT_EQ(stored->phase, Phase::kExecuting);
  ASSERT_EQ(stored->executions.size(), 1u);
  EXPECT_TRUE(Save(*stored).ok());
  // Its outcome makes it history.
  IncidentUpdate update;
  update.incident = &before;
  update.outcomes = {{"a/canary/1", ExecutionOutcome::kRefused, "detail"}};
  EXPECT_TRUE(store().incidents.Save(update).ok());
}

TEST_P(StoreContract, EverythingIsThereAfterReopening) {
  if (!GetParam().durable) GTEST_SKIP() << "this one lives in memory";
  const Incident incident = Stored("cart");
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  ASSERT_TRUE(Record(Restart(incident, "action"), incident).ok());
  ASSERT_TRUE(store().history.SetKillSwitch({true, "why", "me", now()}).ok());
  Reopen();
  ASSERT_TRUE(store().incidents.Load(incident.id).ok());
  EXPECT_EQ(store().alerts.Uncorrelated(9)->size(), 1u);
  EXPECT_EQ(store().audit.Intents(incident.id)->size(), 1u);
  const auto state = store().history.Recent(now());
  EXPECT_TRUE(state->kill_switch.on);
  EXPECT_EQ(state->actions.size(), 1u);
  // The chain goes on where it stood.
  const auto told = store().audit.Find("");
  ASSERT_TRUE(told.ok() && !told->empty());
  const long long last = told->back().seq;
  const AuditRecord record{0, now(), "", Stage::kRecord, "x", "y", {}};
  ASSERT_TRUE(store().audit.Append(std::span(&record, 1)).ok());
  const auto after = store().audit.Find("");
  ASSERT_TRUE(after.ok() && !after->empty());
  EXPECT_EQ(after->back().seq, last + 1);
}

}  // namespace
}  // namespace selfheal::testing
