#include "app/audit_watch.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/sqlite_store.h"
#include "sim/fakes/fake_clock.h"

namespace selfheal::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Counts the lines of each message.
class CountingLog final : public Logger {
 public:
  void Log(LogLevel, std::string_view message, const Fields&) override {
    ++lines[std::string(message)];
  }
  std::map<std::string, int> lines;
};

class AuditWatchTest : public ::testing::Test {
 protected:
  AuditWatchTest() {
    SELFHEAL_CHECK(mkdtemp(folder_.data()) != nullptr);
    config_.database.url = "sqlite://" + folder_ + "/selfheal.db";
    auto store =
        OpenSqliteStore({.path = folder_ + "/selfheal.db",
                         .store = {.digester = Sha256Hex, .clock = &clock_}});
    SELFHEAL_CHECK(store.ok());
    store_ = *std::move(store);
  }
  ~AuditWatchTest() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// Looks every 5 minutes until `time` has passed, as the thread does.
  void LookFor(AuditWatch& watch, Duration time) {
    for (Duration at{0}; at < time; at += minutes(5)) {
      clock_.Advance(minutes(5));
      watch.Look();
    }
  }
  int Checks() {
    const auto records = store_->Find("");
    return static_cast<int>(std::count_if(
        records->begin(), records->end(),
        [](const AuditRecord& r) { return r.outcome == "checked"; }));
  }

  std::string folder_ = ::testing::TempDir() + "/audit-watch-XXXXXX";
  FakeClock clock_;
  Config config_;
  telemetry::Metrics metrics_{"test", {}, {}};
  CountingLog log_;
  std::unique_ptr<SqlStore> store_;
};

TEST_F(AuditWatchTest, TheFileIsCheckedOnceADay) {
  AuditWatch watch(config_, clock_, *store_, metrics_, log_);
  watch.Look();
  EXPECT_EQ(Checks(), 0) << "the opening did it";
  LookFor(watch, hours(24) - minutes(5));
  EXPECT_EQ(Checks(), 0);
  LookFor(watch, minutes(5));
  EXPECT_EQ(Checks(), 1);
  LookFor(watch, hours(24));
  EXPECT_EQ(Checks(), 2);
  EXPECT_EQ(log_.lines["audit head"], 1 + 2 * 288);
}

TEST_F(AuditWatchTest, TheChainIsRecomputedEveryHour) {
  AuditWatch watch(config_, clock_, *store_, metrics_, log_);
  watch.Look();
  const auto intact = [&] {
    return metrics_.Text().find("\nselfheal_audit_intact 1\n") !=
           std::string::npos;
  };
  EXPECT_TRUE(intact());
  const AuditRecord record{0, clock_.Now(), "", Stage::kRecord, "x", "y", {}};
  ASSERT_TRUE(store_->Append(std::span(&record, 1)).ok());
  LookFor(watch, minutes(5));
  // Whoever rewrites the file is found out at the next full hour.
  auto intruder = sqlite::Connection::Open(folder_ + "/selfheal.db",
                                           sqlite::Connection::Mode::kReadWrite,
                                           std::chrono::seconds(5));
  ASSERT_TRUE(intruder.ok());
  ASSERT_TRUE((*intruder)
                  ->Exec("DROP TRIGGER audit_no_update;"
                         "UPDATE audit SET reason = 'z'")
                  .ok());
  LookFor(watch, minutes(50));
  EXPECT_TRUE(intact());
  LookFor(watch, minutes(5));
  EXPECT_FALSE(intact());
  EXPECT_EQ(log_.lines["the audit was tampered with"], 1);
}

}  // namespace
}  // namespace selfheal::testing
