#include "contract/store_world.h"

namespace selfheal::testing {
namespace {

TEST_P(StoreContract, AppendCountsWhatIsNew) {
  const AlertGroup group =
      Group({Firing("a", seconds(60)), Firing("b", seconds(60))});
  const auto first = store().alerts.Append(group, now());
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->received, 2u);
  EXPECT_EQ(first->fresh, 2u);
  EXPECT_TRUE(first->incidents.empty());

  const auto second = store().alerts.Append(group, now());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->received, 2u);
  EXPECT_EQ(second->fresh, 0u);
  EXPECT_EQ(store().alerts.List({})->items.size(), 2u);
}

TEST_P(StoreContract, ReceivedCountsRejectedAlertsToo) {
  AlertGroup group = Group({Firing("a", seconds(60))});
  group.received = 3;
  EXPECT_EQ(store().alerts.Append(group, now())->received, 3u);
}

TEST_P(StoreContract, SeveralGroupsAreEachStoredByThemselves) {
  const AlertGroup first = Group({Firing("a", seconds(60))});
  const AlertGroup both =
      Group({Firing("a", seconds(60)), Firing("b", seconds(60))});
  const AlertGroup* const groups[] = {&first, &both};
  const auto stored = store().alerts.AppendAll(groups, now());
  ASSERT_EQ(stored.size(), 2u);
  ASSERT_TRUE(stored[0].ok());
  ASSERT_TRUE(stored[1].ok());
  EXPECT_EQ(stored[0]->received, 1u);
  EXPECT_EQ(stored[0]->fresh, 1u);
  EXPECT_EQ(stored[1]->received, 2u);
  EXPECT_EQ(stored[1]->fresh, 1u);
  EXPECT_TRUE(store().alerts.AppendAll({}, now()).empty());
}

TEST_P(StoreContract, SameAlertTwiceInOneGroupIsOneRow) {
  const auto stored = store().alerts.Append(
      Group({Firing("a", seconds(60)), Firing("a", seconds(60))}), now());
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->fresh, 1u);
}

TEST_P(StoreContract, StartsAtThatMovedEarlierIsTheSameEpisode) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const auto moved =
      store().alerts.Append(Group({Firing("a", seconds(90))}), now());
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->fresh, 0u);
  EXPECT_EQ(store().alerts.List({})->items.size(), 1u);
}

TEST_P(StoreContract, LaterStartsAtIsANewEpisode) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const auto later =
      store().alerts.Append(Group({Firing("a", seconds(10))}), now());
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later->fresh, 1u);
}

TEST_P(StoreContract, EarlierStartsAtAfterTheEndIsANewRow) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  ASSERT_TRUE(
      store().alerts.Append(Group({Resolved("a", seconds(60))}), now()).ok());
  const auto earlier =
      store().alerts.Append(Group({Firing("a", seconds(90))}), now());
  ASSERT_TRUE(earlier.ok());
  EXPECT_EQ(earlier->fresh, 1u);
}

TEST_P(StoreContract, AlertsComeBackAsTheyWent) {
  Alert alert = Firing("a", seconds(60));
  alert.labels["odd"] = "tab\t, new\nline, \xe2\x82\xac";
  alert.labels["empty"] = "";
  alert.starts_at += Duration(123'456'789);
  ASSERT_TRUE(store().alerts.Append(Group({alert}), now()).ok());
  const auto waiting = store().alerts.Uncorrelated(10);
  ASSERT_TRUE(waiting.ok()) << waiting.error().message;
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(waiting->front().alert, alert);
  EXPECT_EQ(waiting->front().received_at, now());
  EXPECT_FALSE(waiting->front().correlated);
  EXPECT_EQ(waiting->front().incident, "");
}

TEST_P(StoreContract, UncorrelatedGivesTheOldestFirstUpToItsLimit) {
  for (int i = 0; i < 5; ++i) {
    const std::string name = "a" + std::to_string(i);
    ASSERT_TRUE(
        store().alerts.Append(Group({Firing(name, seconds(60))}), now()).ok());
  }
  const auto first = store().alerts.Uncorrelated(3);
  ASSERT_EQ(first->size(), 3u);
  EXPECT_EQ(AlertName(first->at(0).alert), "a0");
  EXPECT_EQ(AlertName(first->at(2).alert), "a2");
  std::vector<long long> rows;
  for (const StoredAlert& alert : *first) rows.push_back(alert.row);
  ASSERT_TRUE(store().correlation.Link({{rows, "", {}}}).ok());
  const auto rest = store().alerts.Uncorrelated(3);
  ASSERT_EQ(rest->size(), 2u);
  EXPECT_EQ(AlertName(rest->at(0).alert), "a3");
}

TEST_P(StoreContract, LinkedAlertsNameTheirIncident) {
  const AlertGroup group = Group({Firing("a", seconds(60))});
  ASSERT_TRUE(store().alerts.Append(group, now()).ok());
  const Incident incident = Stored("cart");
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  ASSERT_TRUE(store().correlation.Link({{{row}, incident.id, {}}}).ok());

  EXPECT_EQ(store().alerts.Append(group, now())->incidents,
            std::vector<std::string>{incident.id});
  const auto page = store().alerts.List({});
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].incident, incident.id);
  EXPECT_TRUE(page->items[0].correlated);
  const auto loaded = store().incidents.Load(incident.id);
  ASSERT_TRUE(loaded.ok());
  ASSERT_EQ(loaded->alerts.size(), 1u);
  EXPECT_EQ(loaded->alerts[0].alertname, "a");
  EXPECT_TRUE(loaded->alerts[0].firing);
  EXPECT_EQ(loaded->alerts[0].starts_at, now() - seconds(60));
}

TEST_P(StoreContract, ResolvedBelongsToTheIncidentOfItsEpisode) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const Incident incident = Stored("cart");
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  ASSERT_TRUE(store().correlation.Link({{{row}, incident.id, {}}}).ok());
  // Its startsAt moved earlier meanwhile, which must not part the two.
  const auto ended =
      store().alerts.Append(Group({Resolved("a", seconds(90))}), now());
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->fresh, 1u);
  EXPECT_EQ(ended->incidents, std::vector<std::string>{incident.id});
  const auto waiting = store().alerts.Uncorrelated(10);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(waiting->front().incident, incident.id);
  EXPECT_EQ(waiting->front().alert.status, AlertStatus::kResolved);
  const auto loaded = store().incidents.Load(incident.id);
  ASSERT_EQ(loaded->alerts.size(), 1u);
  EXPECT_FALSE(loaded->alerts[0].firing);
}

TEST_P(StoreContract, ResolvedBeforeCorrelationIsLinkedWithItsEpisode) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  ASSERT_TRUE(
      store().alerts.Append(Group({Resolved("a", seconds(60))}), now()).ok());
  const Incident incident = Stored("cart");
  const auto waiting = store().alerts.Uncorrelated(10);
  ASSERT_EQ(waiting->size(), 2u);
  ASSERT_TRUE(
      store().correlation.Link({{{waiting->at(0).row}, incident.id, {}}}).ok());
  const auto rest = store().alerts.Uncorrelated(10);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(rest->front().incident, incident.id);
}

TEST_P(StoreContract, EndThatOvertookItsBeginningStillEndsIt) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Resolved("a", seconds(60))}), now()).ok());
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const Incident incident = Stored("cart");
  std::vector<long long> rows;
  const auto waiting = store().alerts.Uncorrelated(10);
  for (const StoredAlert& alert : *waiting) {
    rows.push_back(alert.row);
  }
  ASSERT_EQ(rows.size(), 2u);
  ASSERT_TRUE(store().correlation.Link({{rows, incident.id, {}}}).ok());
  const auto loaded = store().incidents.Load(incident.id);
  ASSERT_EQ(loaded->alerts.size(), 1u);
  EXPECT_FALSE(loaded->alerts[0].firing);
}

TEST_P(StoreContract, EndOfAnOldEpisodeLeavesANewOneBurning) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(10))}), now()).ok());
  Alert old_end = Resolved("a", seconds(600));
  old_end.ends_at = now() - seconds(300);
  ASSERT_TRUE(store().alerts.Append(Group({old_end}), now()).ok());
  const Incident incident = Stored("cart");
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  ASSERT_TRUE(store().correlation.Link({{{row}, incident.id, {}}}).ok());
  EXPECT_TRUE(store().incidents.Load(incident.id)->alerts.at(0).firing);
}

TEST_P(StoreContract, LinkToNothingKeepsAnIncidentThatIsKnown) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const Incident incident = Stored("cart");
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  ASSERT_TRUE(store().correlation.Link({{{row}, incident.id, {}}}).ok());
  ASSERT_TRUE(store().correlation.Link({{{row}, "", {}}}).ok());
  EXPECT_EQ(store().alerts.List({})->items.at(0).incident, incident.id);
}

TEST_P(StoreContract, LinkOfAnUnknownRowChangesNothing) {
  const Incident incident = Stored("cart");
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  const std::vector<AuditRecord> records = {
      {0, now(), incident.id, Stage::kCorrelate, "merged", "r", {}}};
  const auto linked =
      store().correlation.Link({{{row, row + 1000}, incident.id, records}});
  ASSERT_FALSE(linked.ok());
  EXPECT_EQ(linked.error().code, Code::kNotFound);
  EXPECT_EQ(store().alerts.Uncorrelated(10)->size(), 1u);
  EXPECT_TRUE(store().audit.Find(incident.id)->empty());
}

TEST_P(StoreContract, ListPagesFromTheNewestBack) {
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(1));
    const std::string name = "a" + std::to_string(i);
    ASSERT_TRUE(
        store().alerts.Append(Group({Firing(name, seconds(60))}), now()).ok());
  }
  AlertQuery query;
  query.limit = 2;
  std::vector<std::string> seen;
  while (true) {
    const auto page = store().alerts.List(query);
    ASSERT_TRUE(page.ok());
    for (const StoredAlert& alert : page->items) {
      seen.emplace_back(AlertName(alert.alert));
    }
    if (!page->next) break;
    query.cursor = page->next;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a4", "a3", "a2", "a1", "a0"}));
}

TEST_P(StoreContract, ListFiltersByFingerprintAndTime) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  clock_.Advance(seconds(100));
  const Alert b = Firing("b", seconds(60));
  ASSERT_TRUE(store().alerts.Append(Group({b}), now()).ok());
  AlertQuery by_fingerprint;
  by_fingerprint.fingerprint = b.fingerprint;
  ASSERT_EQ(store().alerts.List(by_fingerprint)->items.size(), 1u);
  EXPECT_EQ(store().alerts.List(by_fingerprint)->items[0].alert, b);
  AlertQuery since;
  since.since = now() - seconds(50);
  ASSERT_EQ(store().alerts.List(since)->items.size(), 1u);
  EXPECT_EQ(AlertName(store().alerts.List(since)->items[0].alert), "b");
}

TEST_P(StoreContract, AGroupOfThousandsIsStoredWhole) {
  std::vector<Alert> alerts;
  for (int i = 0; i < 5000; ++i) {
    alerts.push_back(Firing("a" + std::to_string(i), seconds(60)));
  }
  const bool big = GetParam().durable;
  if (!big) alerts.resize(200);
  const auto stored = store().alerts.Append(Group(alerts), now());
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_EQ(stored->fresh, alerts.size());
  EXPECT_EQ(store().alerts.Uncorrelated(10000)->size(), alerts.size());
}

TEST_P(StoreContract, WhatAGroupLeftOutStandsInTheAudit) {
  AlertGroup group = Group({Firing("a", seconds(60))});
  group.group_key = "{}:{alertname=\"a\"}";
  group.rejected = {{1, "status", "must be a string"}};
  group.received = 2;
  group.truncated_alerts = 7;
  ASSERT_TRUE(store().alerts.Append(group, now()).ok());
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("b", seconds(60))}), now()).ok());
  const auto records = store().audit.Find("");
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 2u) << "a whole group leaves nothing out";
  EXPECT_EQ(records->at(0).stage, Stage::kIntake);
  EXPECT_EQ(records->at(0).outcome, "rejected");
  EXPECT_EQ(records->at(0).reason, "1 of 2 alerts are malformed");
  EXPECT_EQ(records->at(0).data.at(2),
            (std::pair<std::string, FieldValue>(
                "alert_1", std::string("status: must be a string"))));
  EXPECT_EQ(records->at(1).outcome, "truncated");
  EXPECT_EQ(records->at(1).reason, "7 alerts were cut off by max_alerts");
}

TEST_P(StoreContract, SeveralLinksAreOneChange) {
  ASSERT_TRUE(
      store()
          .alerts
          .Append(Group({Firing("a", seconds(60)), Firing("b", seconds(60))}),
                  now())
          .ok());
  const Incident incident = Stored("cart");
  const auto waiting = store().alerts.Uncorrelated(10);
  ASSERT_EQ(waiting->size(), 2u);
  const AuditRecord record = {0,        now(), incident.id, Stage::kCorrelate,
                              "merged", "r",   {}};
  const auto linked =
      store().correlation.Link({{{waiting->at(0).row}, incident.id, {record}},
                                {{waiting->at(1).row}, "", {}}});
  ASSERT_TRUE(linked.ok()) << linked.error().message;
  EXPECT_TRUE(store().alerts.Uncorrelated(10)->empty());
  EXPECT_EQ(store().incidents.Load(incident.id)->alerts.size(), 1u);
  EXPECT_EQ(store().audit.Find(incident.id)->size(), 1u);
}

TEST_P(StoreContract, WhatFiresAgainAfterItsEndBurnsAgain) {
  const Alert firing = Firing("a", seconds(600));
  Alert resolved = firing;
  resolved.status = AlertStatus::kResolved;
  resolved.ends_at = now();
  const auto append = [&](const Alert& alert) {
    const auto stored = store().alerts.Append(Group({alert}), now());
    EXPECT_TRUE(stored.ok());
    return std::pair(stored->fresh, stored->waiting);
  };
  using Counts = std::pair<std::size_t, std::size_t>;
  const Incident incident = Stored("cart");
  const auto link = [&](const std::string& id) {
    const auto waiting = store().alerts.Uncorrelated(10);
    for (const StoredAlert& alert : *waiting) {
      ASSERT_TRUE(store().correlation.Link({{{alert.row}, id, {}}}).ok());
    }
  };
  EXPECT_EQ(append(firing), Counts(1, 1));
  link(incident.id);
  EXPECT_EQ(append(resolved), Counts(1, 1));
  link(incident.id);
  clock_.Advance(seconds(59));
  EXPECT_EQ(append(firing), Counts(0, 0)) << "its end has overtaken it";
  EXPECT_TRUE(store().alerts.Uncorrelated(10)->empty());
  clock_.Advance(seconds(1));
  EXPECT_EQ(append(firing), Counts(0, 1));
  const auto waiting = store().alerts.Uncorrelated(10);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(waiting->front().alert, firing);
  EXPECT_EQ(waiting->front().incident, "");
  EXPECT_EQ(waiting->front().received_at, now());
  EXPECT_EQ(append(firing), Counts(0, 0)) << "it burns already";
  // It ends as any other does.
  link(incident.id);
  ASSERT_EQ(store().incidents.Load(incident.id)->alerts.size(), 1u);
  EXPECT_TRUE(store().incidents.Load(incident.id)->alerts[0].firing);
  EXPECT_EQ(append(resolved), Counts(1, 1));
  ASSERT_EQ(store().alerts.Uncorrelated(10)->size(), 1u);
  EXPECT_EQ(store().alerts.Uncorrelated(10)->front().incident, incident.id);
  EXPECT_EQ(append(resolved), Counts(0, 0));
}

TEST_P(StoreContract, WhatMayJoinAnOpenIncidentAloneWaitsOnWhereItHasEnded) {
  ASSERT_TRUE(
      store().alerts.Append(Group({Firing("a", seconds(60))}), now()).ok());
  const long long row = store().alerts.Uncorrelated(1)->front().row;
  Incident incident = Stored("cart");
  incident.phase = Phase::kDismissed;
  IncidentUpdate update;
  update.incident = &incident;
  ASSERT_TRUE(store().incidents.Save(update).ok());
  AlertLinks links{{row}, incident.id, {}, true};
  ASSERT_TRUE(store().correlation.Link({links}).ok());
  ASSERT_EQ(store().alerts.Uncorrelated(10)->size(), 1u);
  EXPECT_EQ(store().alerts.Uncorrelated(10)->front().incident, "");
  links.if_open = false;
  ASSERT_TRUE(store().correlation.Link({links}).ok());
  EXPECT_TRUE(store().alerts.Uncorrelated(10)->empty());
}

}  // namespace
}  // namespace selfheal::testing
