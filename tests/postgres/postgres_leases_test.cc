// Leases of two processes over one database, and what the store makes of them.
#include <gtest/gtest.h>

#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/postgres/database_url.h"
#include "adapters/postgres/leases.h"
#include "adapters/postgres/postgres_store.h"
#include "adapters/sql/audit_verify.h"
#include "contract/store_world.h"
#include "core/ids.h"
#include "tests/postgres/patient_store.h"
#include "tests/postgres/postgres_server.h"

namespace selfheal::testing {
namespace {

using postgres::Leases;

constexpr const char* kTarget = "Deployment/shop/cart";

class PostgresLeases : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_.lacking().empty()) GTEST_SKIP() << server_.lacking();
    schema_ = NewSchema();
    store_ = Open(nullptr);
  }

  std::unique_ptr<SqlStore> Open(std::shared_ptr<const Leases> leases) {
    return OpenPatiently({.url = server_.Url(schema_),
                          .store = PatientOptions(clock_),
                          .durability = postgres::Durability::kWaived,
                          .leases = std::move(leases)});
  }

  std::shared_ptr<Leases> NewLeases(seconds lasts = seconds(15)) {
    return std::make_shared<Leases>(
        postgres::LeaseOptions{.url = *ConnectionUrl(server_.Url(schema_)),
                               .lasts = lasts,
                               .renewed_every = seconds(1)});
  }

  /// As if the holder had been silent for longer than its lease.
  void RunOut() {
    ASSERT_TRUE(server_.Exec(
        schema_, "UPDATE leases SET until = now() - interval '1 s'"));
  }

  template <typename Condition>
  static bool Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  static Incident OfTarget(Time now) {
    Incident incident;
    incident.id = NewUlid(now);
    incident.opened_at = now;
    incident.target = {ObjectKind::kDeployment, "shop", "cart"};
    incident.target_uid = "uid-cart";
    incident.rule = "memory-leak";
    return incident;
  }

  FakeClock clock_;
  PostgresServer& server_ = SharedServer();
  std::string schema_;
  std::unique_ptr<SqlStore> store_;
};

TEST_F(PostgresLeases, OneHoldsIt) {
  const auto a = NewLeases();
  const auto b = NewLeases();
  EXPECT_TRUE(*a->Claim(kTarget));
  EXPECT_TRUE(a->Holds(kTarget));
  EXPECT_FALSE(*b->Claim(kTarget));
  EXPECT_FALSE(b->Holds(kTarget));
  EXPECT_TRUE(*b->Claim("another"));
  a->Release(kTarget);
  EXPECT_FALSE(a->Holds(kTarget));
  EXPECT_TRUE(*b->Claim(kTarget));
}

TEST_F(PostgresLeases, WhatIsGivenUpAtTheEndIsFree) {
  const auto b = NewLeases();
  {
    const auto a = NewLeases();
    ASSERT_TRUE(*a->Claim(kTarget));
    ASSERT_FALSE(*b->Claim(kTarget));
  }
  EXPECT_TRUE(*b->Claim(kTarget));
}

TEST_F(PostgresLeases, ItIsProlongedByItself) {
  const auto a = NewLeases();
  const auto b = NewLeases();
  ASSERT_TRUE(*a->Claim(kTarget));
  const std::string before = server_.Ask(schema_, "SELECT until FROM leases");
  EXPECT_TRUE(Eventually([&] {
    return server_.Ask(schema_, "SELECT until FROM leases") != before;
  }));
  EXPECT_TRUE(a->Holds(kTarget));
  EXPECT_FALSE(*b->Claim(kTarget));
}

TEST_F(PostgresLeases, AClaimWhoseAnswerWasLostIsFreed) {
  const auto a = NewLeases();
  const auto b = NewLeases();
  ASSERT_TRUE(*a->Claim(kTarget));
  ASSERT_TRUE(server_.Exec(
      schema_,
      "INSERT INTO leases(key, owner, epoch, until) SELECT 'unheard', owner,"
      " nextval('lease_epochs'), now() + interval '15 s' FROM leases"));
  EXPECT_FALSE(a->Holds("unheard"));
  EXPECT_TRUE(Eventually([&] { return *b->Claim("unheard"); }));
  EXPECT_TRUE(a->Holds(kTarget));
}

TEST_F(PostgresLeases, WhoeverLostItKnowsAndIsFenced) {
  const auto a = NewLeases(seconds(3));
  const auto b = NewLeases();
  const auto of_a = Open(a);
  const auto of_b = Open(b);
  ASSERT_TRUE(*a->Claim(kTarget));
  const Incident incident = OfTarget(clock_.Now());
  IncidentUpdate update;
  update.incident = &incident;
  ASSERT_TRUE(of_a->Save(update).ok());
  ASSERT_TRUE(of_a->Save(update).ok()) << "its own target";
  RunOut();
  ASSERT_TRUE(*b->Claim(kTarget));
  EXPECT_EQ(of_a->Save(update).error().code, Code::kAborted);
  EXPECT_TRUE(of_b->Save(update).ok());
  EXPECT_TRUE(Eventually([&] { return !a->Holds(kTarget); }));
  EXPECT_EQ(of_a->Save(update).error().code, Code::kAborted);
}

TEST_F(PostgresLeases, NobodyRecordsAnIntentWithoutIt) {
  const auto a = NewLeases();
  const auto of_a = Open(a);
  const Incident incident = OfTarget(clock_.Now());
  IncidentUpdate update;
  update.incident = &incident;
  ASSERT_TRUE(of_a->Save(update).ok());
  const PermitRequest request = Restart(incident, "action-1");
  Incident knowing = incident;
  knowing.executions.emplace_back().intent_id = request.purpose.intent_id;
  const auto record = [&] {
    return of_a->RecordIntent(MakePermit(request, clock_), knowing, {});
  };
  EXPECT_EQ(record().error().code, Code::kAborted);
  EXPECT_TRUE(of_a->Intents(incident.id)->empty());
  ASSERT_TRUE(*a->Claim(kTarget));
  // The same holder, but of an epoch that is over.
  ASSERT_TRUE(server_.Exec(
      schema_, "UPDATE leases SET epoch = nextval('lease_epochs')"));
  EXPECT_EQ(record().error().code, Code::kAborted);
  a->Release(kTarget);
  ASSERT_TRUE(*a->Claim(kTarget));
  const auto recorded = record();
  EXPECT_TRUE(recorded.ok()) << recorded.error().message;
  EXPECT_EQ(of_a->Intents(incident.id)->size(), 1u);
}

TEST_F(PostgresLeases, OthersNudgeTheHolder) {
  const auto a = NewLeases();
  const auto b = NewLeases();
  ASSERT_TRUE(*a->Claim(kTarget));
  ASSERT_TRUE(*a->Claim("another"));
  b->Nudge(kTarget);
  std::vector<std::string> nudged;
  EXPECT_TRUE(Eventually([&] {
    nudged = a->Nudged();
    return !nudged.empty();
  }));
  EXPECT_EQ(nudged, std::vector<std::string>{kTarget});
  EXPECT_TRUE(a->Nudged().empty());
}

TEST_F(PostgresLeases, TwoStoresWriteOneChain) {
  const auto other = Open(nullptr);
  std::vector<std::jthread> writers;
  for (SqlStore* const store : {store_.get(), other.get()}) {
    writers.emplace_back([store, now = clock_.Now()] {
      for (int i = 0; i < 50; ++i) {
        const AuditRecord record{0,       now,           "", Stage::kRecord,
                                 "noted", "one of many", {}};
        EXPECT_TRUE(store->Append(std::span(&record, 1)).ok());
      }
    });
  }
  writers.clear();
  auto audit = postgres::OpenAudit(server_.Url(schema_));
  ASSERT_TRUE(audit.ok()) << audit.error().message;
  const auto report = VerifyAudit(**audit, Sha256Hex);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->first_bad, 0) << report->problem;
  EXPECT_EQ(report->rows, 100);
}

}  // namespace
}  // namespace selfheal::testing
