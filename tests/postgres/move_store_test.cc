// A SQLite store moves into PostgreSQL, whole.
#include "app/move_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/crypto/digest.h"
#include "adapters/postgres/postgres_store.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/sqlite_store.h"
#include "contract/store_world.h"
#include "core/ids.h"
#include "tests/postgres/patient_store.h"
#include "tests/postgres/postgres_server.h"

namespace selfheal::testing {
namespace {

class MoveStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_.lacking().empty()) GTEST_SKIP() << server_.lacking();
    SELFHEAL_CHECK(mkdtemp(folder_.data()) != nullptr);
    schema_ = NewSchema(server_);
    config_.database.url = server_.Url(schema_);
  }
  ~MoveStoreTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string File() const { return folder_ + "/selfheal.db"; }

  std::unique_ptr<SqlStore> OpenFile() {
    auto store = OpenSqliteStore({.path = File(), .store = Options()});
    SELFHEAL_CHECK(store.ok());
    return *std::move(store);
  }
  std::unique_ptr<SqlStore> OpenMoved() {
    return OpenPatiently({.url = config_.database.url, .store = Options()});
  }

  /// An incident with an alert, evidence, an intent and an action.
  Incident Fill(SqlStore& store) {
    Incident incident;
    incident.id = NewUlid(clock_.Now());
    incident.opened_at = clock_.Now();
    incident.target = {ObjectKind::kDeployment, "shop", "cart"};
    incident.target_uid = "uid-cart";
    incident.rule = "memory-leak";
    Alert alert;
    alert.labels = {{"alertname", "Leak"}, {"text", "\xc3\xa9 '\"\\"}};
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = clock_.Now();
    AlertGroup group;
    group.received = 1;
    group.alerts.push_back(alert);
    EXPECT_TRUE(store.Append(group, clock_.Now()).ok());
    KeptEvidence evidence;
    evidence.window.at = clock_.Now();
    IncidentUpdate update;
    update.incident = &incident;
    update.alert_rows = {store.Uncorrelated(1)->front().row};
    update.evidence = &evidence;
    EXPECT_TRUE(store.Save(update).ok());
    const PermitRequest request = Restart(incident, "action-1");
    incident.executions.emplace_back().intent_id = request.purpose.intent_id;
    EXPECT_TRUE(
        store.RecordIntent(MakePermit(request, clock_), incident, {}).ok());
    return incident;
  }

  FakeClock clock_;
  PostgresServer& server_ = DurableServer();
  std::string schema_;
  Config config_;

 private:
  SqlStoreOptions Options() { return PatientOptions(clock_); }

  std::string folder_ = ::testing::TempDir() + "/move-XXXXXX";
};

TEST_F(MoveStoreTest, EverythingIsThereAndTheChainGoesOn) {
  Incident incident;
  sql::ChainHead head;
  {
    const auto store = OpenFile();
    incident = Fill(*store);
    head = store->AuditHead();
  }
  const auto moved = MoveStore(config_, File());
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  EXPECT_EQ(moved->head, head);
  EXPECT_GT(moved->rows, 0);

  const auto store = OpenMoved();
  const auto loaded = store->Load(incident.id);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->alerts.size(), 1u);
  EXPECT_TRUE(store->Evidence(incident.id).ok());
  const auto intents = store->Intents(incident.id);
  ASSERT_EQ(intents->size(), 1u);
  EXPECT_EQ(intents->front().request.body, std::string("{\"a\":\0\xff}", 8));
  EXPECT_EQ(store->Recent(clock_.Now())->actions.size(), 1u);
  EXPECT_EQ(LabelOr(store->List(AlertQuery{})->items[0].alert.labels, "text"),
            "\xc3\xa9 '\"\\");

  // What comes next is numbered and chained after what came along.
  AlertGroup group;
  group.received = 1;
  Alert alert;
  alert.labels = {{"alertname", "Next"}};
  alert.fingerprint = Fingerprint(alert.labels);
  group.alerts.push_back(alert);
  EXPECT_TRUE(store->Append(group, clock_.Now()).ok());
  const AuditRecord record{0,       clock_.Now(),     "", Stage::kRecord,
                           "noted", "after the move", {}};
  ASSERT_TRUE(store->Append(std::span(&record, 1)).ok());
  auto audit = postgres::OpenAudit(config_.database.url);
  ASSERT_TRUE(audit.ok());
  const auto report = VerifyAudit(**audit, Sha256Hex, head.hash);
  EXPECT_EQ(report->first_bad, 0) << report->problem;
  EXPECT_EQ(report->rows, head.seq + 1);
}

TEST_F(MoveStoreTest, WhatCanNotBeMovedStaysWhereItIs) {
  EXPECT_EQ(MoveStore(config_, File()).error().code, Code::kNotFound);
  const auto rows = [this] {
    return server_.Ask(schema_, "SELECT count(*) FROM audit");
  };
  {
    const auto store = OpenFile();
    Fill(*store);
    const auto busy = MoveStore(config_, File());
    ASSERT_FALSE(busy.ok());
    EXPECT_NE(busy.error().message.find("in use by process"),
              std::string::npos);
  }
  {
    auto intruder = sqlite::Connection::Open(
        File(), sqlite::Connection::Mode::kReadWrite, seconds(5));
    ASSERT_TRUE((*intruder)->Exec("DROP TRIGGER audit_no_update").ok());
    ASSERT_TRUE((*intruder)
                    ->Run("UPDATE audit SET reason = ? WHERE seq = 1", "x")
                    .ok());
  }
  const auto tampered = MoveStore(config_, File());
  ASSERT_FALSE(tampered.ok());
  EXPECT_EQ(tampered.error().code, Code::kDataLoss);
  EXPECT_EQ(rows(), "?") << "nothing was made yet";
}

TEST_F(MoveStoreTest, AStoreThatIsThereIsNotOverwritten) {
  Fill(*OpenFile());
  Fill(*OpenMoved());
  const std::string before =
      server_.Ask(schema_, "SELECT hash FROM audit_head");
  const auto refused = MoveStore(config_, File());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(server_.Ask(schema_, "SELECT hash FROM audit_head"), before);
}

}  // namespace
}  // namespace selfheal::testing
