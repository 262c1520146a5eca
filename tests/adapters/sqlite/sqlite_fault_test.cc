#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/sqlite_world.h"
#include "core/ids.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// While it lives, no file of this process grows beyond `bytes`, as on a full
/// disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    previous_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit full = limit_;
    full.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, previous_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit limit_{};
  void (*previous_)(int) = nullptr;
};

/// Appends until the store takes nothing more.
int AppendUntilRefused(SqlStore& store, int first) {
  for (int i = first; i < first + 100'000; ++i) {
    const auto done = store.Append(OneAlert(std::to_string(i)), Time());
    if (done.ok()) continue;
    EXPECT_EQ(done.error().code, Code::kUnavailable) << done.error().message;
    return i;
  }
  return -1;
}

/// Waits until the store says that it can be written again.
bool Recovers(const SqlStore& store) {
  const auto end = steady_clock::now() + std::chrono::seconds(60);
  while (steady_clock::now() < end) {
    if (store.Writable()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST(SqliteFault, FullDiskIsUnavailableAndThenRecovers) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Append(OneAlert("before"), Time()).ok());
  int refused = -1;
  {
    const auto size =
        std::filesystem::file_size(folder.Database() + "-wal") + 64 * 1024;
    const FullDisk full(size);
    refused = AppendUntilRefused(**store, 0);
    ASSERT_GE(refused, 0);
    EXPECT_FALSE((*store)->Writable());
    const auto begin = steady_clock::now();
    const AuditRecord record = SomeRecord("no room");
    const auto again = (*store)->Append(std::span(&record, 1));
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, Code::kUnavailable);
    EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
    // What was acknowledged is still read.
    EXPECT_TRUE((*store)->List(AlertQuery{}).ok());
  }
  ASSERT_TRUE(Recovers(**store));
  ASSERT_TRUE((*store)->Append(OneAlert("after"), Time()).ok());
  const auto waiting = (*store)->Uncorrelated(1'000'000);
  ASSERT_TRUE(waiting.ok());
  EXPECT_EQ(waiting->size(), static_cast<std::size_t>(refused) + 2);
  const AuditRecord record = SomeRecord("room again");
  ASSERT_TRUE((*store)->Append(std::span(&record, 1)).ok());
  EXPECT_EQ(VerifyFile(folder.Database())->first_bad, 0);
}

TEST(SqliteFault, LockedFileIsUnavailableInTimeAndThenRecovers) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database());
  ASSERT_TRUE(store.ok());
  {
    RawDatabase intruder(folder.Database());
    ASSERT_TRUE(intruder.Exec("BEGIN IMMEDIATE"));
    const auto begin = steady_clock::now();
    const auto done = (*store)->Append(OneAlert("a"), Time());
    const auto took = steady_clock::now() - begin;
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, Code::kUnavailable);
    EXPECT_LT(took, std::chrono::seconds(1));
    ASSERT_TRUE(intruder.Exec("ROLLBACK"));
  }
  ASSERT_TRUE(Recovers(**store));
  EXPECT_TRUE((*store)->Append(OneAlert("b"), Time()).ok());
}

TEST(SqliteFault, FullQueueRefusesAtOnce) {
  const TempFolder folder;
  sql::WriterLimits limits = Patient();
  limits.jobs = 4;
  auto store = OpenStore(folder.Database(), limits);
  ASSERT_TRUE(store.ok());
  RawDatabase intruder(folder.Database());
  ASSERT_TRUE(intruder.Exec("BEGIN IMMEDIATE"));
  std::atomic<int> refused = 0;
  std::atomic<int> ended = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 32; ++i) {
    callers.emplace_back([&, i] {
      const auto done =
          (*store)->Append(OneAlert("a" + std::to_string(i)), Time());
      if (!done.ok() &&
          done.error().message.find("queue is full") != std::string::npos) {
        ++refused;
      }
      ++ended;
    });
  }
  for (std::jthread& caller : callers) caller.join();
  EXPECT_EQ(ended, 32);
  // One batch is with the writer, four wait, the others are turned away.
  EXPECT_GT(refused, 0);
  ASSERT_TRUE(intruder.Exec("ROLLBACK"));
}

TEST(SqliteFault, OneRefusedJobLeavesItsNeighboursAlone) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  Incident taken;
  taken.id = NewUlid(Time());
  taken.target = {ObjectKind::kDeployment, "shop", "cart"};
  IncidentUpdate first;
  first.incident = &taken;
  ASSERT_TRUE((*store)->Save(first).ok());
  std::atomic<int> refused = 0;
  std::atomic<int> stored = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 25; ++i) {
          if (thread % 2 == 0) {
            const auto name = std::to_string(thread * 1000 + i);
            if ((*store)->Append(OneAlert(name), Time()).ok()) ++stored;
            const AuditRecord record = SomeRecord(name);
            EXPECT_TRUE((*store)->Append(std::span(&record, 1)).ok());
          } else {
            Incident second = taken;
            second.id = NewUlid(Time());
            IncidentUpdate update;
            update.incident = &second;
            update.records = {SomeRecord("never")};
            const auto done = (*store)->Save(update);
            if (!done.ok() && done.error().code == Code::kAlreadyExists) {
              ++refused;
            }
          }
        }
      });
    }
  }
  EXPECT_EQ(stored, 100);
  EXPECT_EQ(refused, 100);
  EXPECT_EQ((*store)->Find("")->size(), 100u);
  const auto report = VerifyFile(folder.Database());
  EXPECT_EQ(report->first_bad, 0) << report->problem;
  EXPECT_EQ(report->rows, 100);
}

TEST(SqliteFault, ReadersDoNotMakeTheLogGrowForever) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient(), 20);
  ASSERT_TRUE(store.ok());
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        EXPECT_TRUE((*store)->Uncorrelated(1000).ok());
      }
    });
  }
  std::uintmax_t largest = 0;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE((*store)->Append(OneAlert(std::to_string(i)), Time()).ok());
    largest = std::max(largest,
                       std::filesystem::file_size(folder.Database() + "-wal"));
  }
  EXPECT_LT(largest, 300u * 4120u) << "of some 1500 frames written";
}

TEST(SqliteFault, ABigGroupIsStoredInTime) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  AlertGroup group;
  for (int i = 0; i < 5000; ++i) {
    group.alerts.push_back(OneAlert(std::to_string(i)).alerts.front());
  }
  group.received = group.alerts.size();
  const auto begin = steady_clock::now();
  const auto done = (*store)->Append(group, Time());
  const auto took = steady_clock::now() - begin;
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->fresh, 5000u);
  RecordProperty(
      "milliseconds",
      static_cast<int>(std::chrono::duration_cast<milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(30));
}

TEST(SqliteFault, LargeAlertsAreReadAFewAtATime) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  constexpr std::size_t kAlerts = 30;
  for (std::size_t i = 0; i < kAlerts; ++i) {
    AlertGroup group = OneAlert(std::to_string(i));
    group.alerts.front().annotations["text"] = std::string(1 << 20, 'x');
    ASSERT_TRUE((*store)->Append(group, Time()).ok());
  }
  const auto waiting = (*store)->Uncorrelated(500);
  ASSERT_TRUE(waiting.ok());
  EXPECT_GE(waiting->size(), 1u);
  EXPECT_LE(waiting->size(), 9u) << "of 1 MiB each";
  EXPECT_EQ(waiting->front().row, 1) << "the oldest first";
  // A listing goes on where the page before ended, and misses none.
  AlertQuery query;
  query.limit = 500;
  std::size_t seen = 0;
  for (int page = 0; page < 100; ++page) {
    const auto listed = (*store)->List(query);
    ASSERT_TRUE(listed.ok());
    EXPECT_LE(listed->items.size(), 9u);
    seen += listed->items.size();
    if (!listed->next) break;
    query.cursor = listed->next;
  }
  EXPECT_EQ(seen, kAlerts);
}

TEST(SqliteFault, EvidenceOfAnIncidentIsBounded) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  Incident incident;
  incident.id = NewUlid(Time());
  incident.target = {ObjectKind::kDeployment, "shop", "cart"};
  for (int i = 0; i < 140; ++i) {
    KeptEvidence evidence;
    evidence.window.problems = {"number " + std::to_string(i)};
    if (i % 2 == 0) evidence.judged.emplace();
    IncidentUpdate update;
    update.incident = &incident;
    update.evidence = &evidence;
    ASSERT_TRUE((*store)->Save(update).ok());
  }
  const auto kept = (*store)->Evidence(incident.id);
  EXPECT_EQ(kept->shown.window.problems.at(0), "number 138");
  EXPECT_EQ(kept->later->problems.at(0), "number 139");
  RawDatabase raw(folder.Database());
  EXPECT_EQ(raw.Number("SELECT count(*) FROM evidence WHERE judged"), 64);
  EXPECT_EQ(raw.Number("SELECT count(*) FROM evidence WHERE NOT judged"), 1);
  // Each one's digest stands in the audit, also of those that are gone.
  EXPECT_EQ(raw.Number("SELECT count(*) FROM audit"
                       " WHERE data LIKE '%evidence_sha256%'"),
            140);
}

TEST(SqliteFault, DamagedEvidenceIsNotShown) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  Incident incident;
  incident.id = NewUlid(Time());
  const KeptEvidence evidence;
  IncidentUpdate update;
  update.incident = &incident;
  update.evidence = &evidence;
  ASSERT_TRUE((*store)->Save(update).ok());
  RawDatabase raw(folder.Database());
  ASSERT_TRUE(raw.Exec("UPDATE evidence SET digest = 'other'"));
  EXPECT_EQ((*store)->Evidence(incident.id).error().code, Code::kDataLoss);
  ASSERT_TRUE(raw.Exec("UPDATE evidence SET size = 7"));
  EXPECT_EQ((*store)->Evidence(incident.id).error().code, Code::kDataLoss);
  ASSERT_TRUE(raw.Exec("UPDATE evidence SET size = -7"));
  EXPECT_EQ((*store)->Evidence(incident.id).error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace selfheal::testing
