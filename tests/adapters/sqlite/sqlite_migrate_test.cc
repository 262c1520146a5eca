#include <gtest/gtest.h>

#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

/// Takes a file back to schema version 3, as that release wrote it.
constexpr const char* kBackToVersion3 = R"sql(
ALTER TABLE alerts ADD COLUMN labels TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN annotations TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN generator_url TEXT NOT NULL DEFAULT '';
UPDATE alerts SET labels = t.labels, annotations = t.annotations,
  generator_url = t.generator_url FROM alert_texts t WHERE t.row = alerts.row;
DROP TABLE alert_texts;
DROP TABLE episodes;
ALTER TABLE evidence DROP COLUMN judged;
ALTER TABLE approvals DROP COLUMN people;
DROP TABLE grants;
DROP TABLE chat_threads;
DROP TABLE chat_inputs;
DROP TABLE chat_keys;
DROP TABLE incident_words;
DROP TABLE incident_texts;
CREATE INDEX alerts_linked ON alerts(starts_at) WHERE incident <> '';
PRAGMA user_version = 3;
)sql";

TEST(SqliteMigrate, AlertsEpisodesAndEvidenceOfVersion3AreKept) {
  const TempFolder folder;
  const Time now = SystemClock().Now();
  Incident incident;
  incident.id = "01J0000000000000000000000A";
  incident.target = {ObjectKind::kDeployment, "shop", "cart"};
  AlertPage before;
  {
    auto store = OpenStore(folder.Database(), Patient());
    ASSERT_TRUE(store.ok());
    for (const char* name : {"a", "b"}) {
      AlertGroup group = OneAlert(name);
      group.alerts.front().starts_at = now;
      group.alerts.front().annotations = {
          {"summary", std::string("of ") + name}};
      group.alerts.front().generator_url = std::string("http://p/") + name;
      ASSERT_TRUE((*store)->Append(group, now).ok());
    }
    const long long row = (*store)->Uncorrelated(1)->front().row;
    IncidentUpdate update;
    update.incident = &incident;
    update.alert_rows = {row};
    KeptEvidence evidence;
    evidence.window.problems = {"of version 3"};
    update.evidence = &evidence;
    ASSERT_TRUE((*store)->Save(update).ok());
    before = *(*store)->List(AlertQuery{});
  }
  ASSERT_TRUE(RawDatabase(folder.Database()).Exec(kBackToVersion3));
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok()) << store.error().message;
  const auto after = (*store)->List(AlertQuery{});
  ASSERT_TRUE(after.ok()) << after.error().message;
  ASSERT_EQ(after->items.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(after->items[i].alert, before.items[i].alert);
    EXPECT_EQ(after->items[i].incident, before.items[i].incident);
  }
  const auto evidence = (*store)->Evidence(incident.id);
  ASSERT_TRUE(evidence.ok()) << evidence.error().message;
  EXPECT_EQ(evidence->shown.window.problems.at(0), "of version 3");
  const auto state = (*store)->Recent(now);
  ASSERT_TRUE(state.ok());
  ASSERT_EQ(state->episodes.size(), 1u);
  EXPECT_EQ(state->episodes.front().target, incident.target);
}

}  // namespace
}  // namespace selfheal::testing
