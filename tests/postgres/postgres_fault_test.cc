// What becomes of callers while the server fails, and of what it was told.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/postgres/postgres_store.h"
#include "tests/postgres/lossy_proxy.h"
#include "tests/postgres/patient_store.h"
#include "tests/postgres/postgres_server.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;

class PostgresFault : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!server_.lacking().empty()) GTEST_SKIP() << server_.lacking();
    schema_ = NewSchema(server_);
  }

  std::unique_ptr<SqlStore> Open(const std::string& url,
                                 milliseconds wait = milliseconds(800)) {
    SqlStoreOptions options{.digester = Sha256Hex, .clock = &clock_};
    options.limits.wait = wait;
    return OpenPatiently({.url = url, .store = std::move(options)});
  }

  static AlertGroup OneAlert(const std::string& name) {
    Alert alert;
    alert.labels = {{"alertname", name}};
    alert.fingerprint = Fingerprint(alert.labels);
    AlertGroup group;
    group.received = 1;
    group.alerts.push_back(std::move(alert));
    return group;
  }

  std::string Rows(const std::string& name) const {
    return server_.Ask(
        schema_,
        "SELECT count(*) FROM alerts WHERE alertname = '" + name + "'");
  }

  static bool Recovers(const SqlStore& store) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end) {
      if (store.Writable()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }

  const SystemClock clock_;
  PostgresServer& server_ = DurableServer();
  std::string schema_;
};

TEST_F(PostgresFault, ALostAnswerToACommitIsLookedUp) {
  LossyProxy proxy(server_.port());
  auto store =
      Open(server_.TcpUrl(schema_, PostgresServer::Password(), proxy.port()),
           std::chrono::seconds(30));
  // A connection that has written for days.
  ASSERT_TRUE(store->Append(OneAlert("first"), clock_.Now()).ok());
  ASSERT_TRUE(server_.Exec(
      schema_, "UPDATE commits SET at = now() - interval '3 days'"));
  proxy.LoseNextCommit();
  const auto stored = store->Append(OneAlert("doubtful"), clock_.Now());
  EXPECT_TRUE(proxy.lost());
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_EQ(stored->fresh, 1u);
  EXPECT_EQ(Rows("doubtful"), "1");
  EXPECT_TRUE(store->Append(OneAlert("after"), clock_.Now()).ok());
}

TEST_F(PostgresFault, ACrashIsRefusedAtOnceAndOverByItself) {
  auto store = Open(server_.Url(schema_));
  ASSERT_TRUE(store->Append(OneAlert("before"), clock_.Now()).ok());
  server_.Crash();
  const auto begin = std::chrono::steady_clock::now();
  const auto refused = store->Append(OneAlert("while"), clock_.Now());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_FALSE(store->Writable());
  EXPECT_FALSE(store->List(AlertQuery{}).ok());
  server_.Start();
  ASSERT_EQ(server_.lacking(), "");
  EXPECT_TRUE(Recovers(*store));
  EXPECT_TRUE(store->Append(OneAlert("after"), clock_.Now()).ok());
  EXPECT_EQ(Rows("before"), "1");
  EXPECT_EQ(store->List(AlertQuery{})->items.size(), 2u);
}

TEST_F(PostgresFault, WithoutAConnectionLeftNothingIsTakenUntilThereIs) {
  auto store = Open(server_.UrlOfOwner(schema_));
  const auto limit = [this](const std::string& connections) {
    return server_.Exec(schema_, "ALTER ROLE owner_" + schema_ +
                                     " CONNECTION LIMIT " + connections);
  };
  ASSERT_TRUE(limit("1"));  // The writer has it.
  EXPECT_EQ(store->List(AlertQuery{}).error().code, Code::kUnavailable);
  EXPECT_TRUE(store->Append(OneAlert("before"), clock_.Now()).ok());
  ASSERT_TRUE(limit("0"));
  ASSERT_EQ(server_.Ask(schema_,
                        "SELECT pg_terminate_backend(pid, 20000) FROM"
                        " pg_stat_activity WHERE usename = 'owner_" +
                            schema_ + "'"),
            "t");
  EXPECT_EQ(store->Append(OneAlert("while"), clock_.Now()).error().code,
            Code::kUnavailable);
  ASSERT_TRUE(limit("-1"));
  EXPECT_TRUE(Recovers(*store));
  EXPECT_TRUE(store->Append(OneAlert("after"), clock_.Now()).ok());
  EXPECT_EQ(store->List(AlertQuery{})->items.size(), 2u);
}

TEST_F(PostgresFault, AServerThatSaysNothingHoldsNobodyUp) {
  auto store = Open(server_.Url(schema_));
  server_.Signal(SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  const auto refused = store->Append(OneAlert("silent"), clock_.Now());
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_FALSE(refused.ok());
  EXPECT_LT(took, std::chrono::seconds(2));
  // The writer is set free by its own deadline.
  while (store->Writable() &&
         std::chrono::steady_clock::now() - begin < std::chrono::seconds(30)) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_FALSE(store->Writable());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(12));
  server_.Signal(SIGCONT);
  EXPECT_TRUE(Recovers(*store));
  EXPECT_TRUE(store->Append(OneAlert("after"), clock_.Now()).ok());
}

}  // namespace
}  // namespace selfheal::testing
