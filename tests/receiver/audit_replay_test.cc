#include <gtest/gtest.h>

#include "adapters/crypto/digest.h"
#include "adapters/sql/evidence_rows.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/sqlite_store.h"
#include "assess/judge.h"
#include "assess/sentence.h"
#include "core/ids.h"
#include "flow/replay.h"
#include "tests/assess/series.h"
#include "tests/receiver/program.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

/// A store with the assessments of one incident, as `serve` leaves it.
class AuditReplay : public ::testing::Test {
 protected:
  AuditReplay() {
    incident_.id = NewUlid(Time());
    incident_.target = {ObjectKind::kDeployment, "shop", "cart"};
  }

  std::string File() const { return folder_ + "/selfheal.db"; }

  static KeptEvidence Evidence(std::uint64_t seed) {
    KeptEvidence kept{OrdinaryWindow(2, seed), std::nullopt};
    Raise(kept.window.metrics[0], 20, 80);
    ConfirmSpec options;
    options.trees = 8;  // Quick; the answer does not matter.
    kept.judged = Judged{options, Judge(kept.window, options, seed)};
    return kept;
  }

  /// Saves `count` assessments, each with windows of its own.
  void Decide(int count) {
    const SystemClock clock;
    auto store = OpenSqliteStore(
        {.path = File(), .store = {.digester = Sha256Hex, .clock = &clock}});
    ASSERT_TRUE(store.ok()) << store.error().message;
    for (int i = 1; i <= count; ++i) {
      const KeptEvidence kept = Evidence(static_cast<std::uint64_t>(i));
      const Assessment& assessment = kept.judged->assessment;
      IncidentUpdate update;
      update.incident = &incident_;
      update.records = {
          {0, clock.Now(), incident_.id, Stage::kCollect, "collected", "", {}},
          {0, clock.Now(), incident_.id, Stage::kAssess,
           std::string(JudgementName(assessment.outcome)),
           assess::Sentence(kept.window, assessment), AuditFields(assessment)},
          {0,
           clock.Now(),
           incident_.id,
           Stage::kGuard,
           "allow",
           "",
           {{"cooldown", "allow: rested"}}}};
      update.evidence = &kept;
      ASSERT_TRUE((*store)->Save(update).ok());
    }
  }

  /// What an intruder writes into the file.
  template <typename... Values>
  void Write(const char* sql, const Values&... values) {
    auto db = sqlite::Connection::Open(
        File(), sqlite::Connection::Mode::kReadWrite, milliseconds(5000));
    ASSERT_TRUE(db.ok());
    const auto done = (*db)->Run(sql, values...);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  Finished Replayed(const std::string& incident = "") const {
    std::vector<std::string> arguments = {"audit", "replay"};
    if (!incident.empty()) arguments.push_back(incident);
    return RunSelfheal(arguments, {{"DATABASE_URL", "sqlite://" + File()}});
  }

  using milliseconds = std::chrono::milliseconds;
  const std::string folder_ = FreshFolder();
  Incident incident_;
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(AuditReplay, EveryDecisionIsIdentical) {
  Decide(3);
  const Finished done = Replayed();
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_TRUE(Has(done.out, "assess confirmed: identical\n")) << done.out;
  EXPECT_TRUE(Has(done.out, "6 decisions: 6 identical\n")) << done.out;
  EXPECT_TRUE(Has(done.out, "intact: 9 rows")) << done.out;
  EXPECT_TRUE(Has(Replayed(incident_.id).out, "6 decisions"));
  const Finished unknown = Replayed("01X");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_TRUE(Has(unknown.err, "no decision about an incident 01X"));
}

TEST_F(AuditReplay, AVerificationIsComparedAgain) {
  const SystemClock clock;
  auto store = OpenSqliteStore(
      {.path = File(), .store = {.digester = Sha256Hex, .clock = &clock}});
  ASSERT_TRUE(store.ok()) << store.error().message;
  // What it looked back on is kept with it, and its digest in the last row.
  const KeptEvidence kept{OrdinaryWindow(2, 1), std::nullopt};
  for (const Fields& data :
       {Fields{{"memory.highest", 2.0}, {"memory.at_most", 3.0}},
        Fields{{"memory.highest", 4.0}, {"memory.at_most", 3.0}}, Fields{}}) {
    IncidentUpdate update;
    update.incident = &incident_;
    update.records = {
        {0, clock.Now(), incident_.id, Stage::kVerify, "mitigated", "", data}};
    update.evidence = &kept;
    ASSERT_TRUE((*store)->Save(update).ok());
  }
  store = Error{Code::kUnavailable, "closed"};
  const Finished done = Replayed();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(Has(done.out, "verify mitigated: identical\n")) << done.out;
  EXPECT_TRUE(Has(done.out, "comes to outside")) << done.out;
  EXPECT_TRUE(Has(done.out, ": 1 different, 1 identical, 1 not kept"))
      << done.out;
}

TEST_F(AuditReplay, OneSampleThatWasAlteredIsFound) {
  Decide(2);
  KeptEvidence altered = Evidence(2);
  altered.window.metrics[1].baseline.values[100] += 1;
  const auto row = sql::RowOf(altered, Sha256Hex);
  ASSERT_TRUE(row.ok());
  Write("UPDATE evidence SET body = ?, size = ? WHERE row = 2",
        sql::Blob{row->body}, static_cast<long long>(row->size));
  const Finished altered_body = Replayed();
  EXPECT_EQ(altered_body.exit_code, 1);
  EXPECT_TRUE(Has(altered_body.out, "different: its windows were altered"))
      << altered_body.out;
  EXPECT_TRUE(Has(altered_body.out, "1 different, 3 identical"));
  // The digest in the row of the chain is another one still.
  Write("UPDATE evidence SET digest = ? WHERE row = 2", row->digest);
  const Finished altered_digest = Replayed();
  EXPECT_EQ(altered_digest.exit_code, 1);
  EXPECT_TRUE(Has(altered_digest.out, "its windows were taken away"))
      << altered_digest.out;
}

TEST_F(AuditReplay, ARowThatWasAlteredIsFound) {
  Decide(1);
  Write("DROP TRIGGER audit_no_update");
  Write("UPDATE audit SET outcome = 'not_confirmed' WHERE stage = 'assess'");
  const Finished done = Replayed();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(Has(done.out, "different: the row's outcome")) << done.out;
  EXPECT_TRUE(Has(done.out, "tampered: row 2")) << done.out;
}

TEST_F(AuditReplay, WhatRetentionDroppedIsSaidAndWhatWasTakenIsFound) {
  Decide(66);
  const Finished dropped = Replayed();
  EXPECT_EQ(dropped.exit_code, 0) << dropped.out;
  EXPECT_TRUE(Has(dropped.out, "132 decisions: 130 identical, 2 not kept"))
      << dropped.out.substr(dropped.out.size() - 200);
  Write("DELETE FROM evidence WHERE row = 40");
  const Finished taken = Replayed();
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_TRUE(Has(taken.out, "its windows were taken away"));
  EXPECT_TRUE(Has(taken.out, ": 1 different, 129 identical, 2 not kept"));
}

TEST_F(AuditReplay, TheNewestWindowsAreNeverDropped) {
  Decide(1);
  Write("DELETE FROM evidence");
  const Finished done = Replayed();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(Has(done.out, "its windows were taken away")) << done.out;
}

TEST_F(AuditReplay, WithoutAStoreSaysSo) {
  const Finished done = Replayed();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(Has(done.err, "no such database")) << done.err;
}

}  // namespace
}  // namespace selfheal::testing
