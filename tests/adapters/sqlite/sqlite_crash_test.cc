#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <set>
#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

constexpr int kThreads = 4;

/// What the child says about each acknowledged write: its number.
void Say(int pipe, int number) {
  if (write(pipe, &number, sizeof number) != sizeof number) _exit(3);
}

/// Appends numbered alerts and audit rows until it is killed.
[[noreturn]] void Child(const std::string& path, int round, int pipe) {
  auto store = OpenStore(path, Patient());
  if (!store.ok()) _exit(2);
  Say(pipe, -1);
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0;; ++i) {
        const int number = (round * kThreads + thread) * 100'000 + i;
        const auto done =
            (*store)->Append(OneAlert(std::to_string(number)), Time());
        const AuditRecord record = SomeRecord(std::to_string(number));
        if (!done.ok() || !(*store)->Append(std::span(&record, 1)).ok()) {
          _exit(4);
        }
        Say(pipe, number);
      }
    });
  }
  for (std::jthread& thread : threads) thread.join();
  _exit(5);
}

/// Runs one child and kills it `delay` after its acknowledgement number
/// `after`; adds what it was acknowledged to `acked`.
void KillOne(const std::string& path, int round, int after,
             std::chrono::microseconds delay, std::set<int>& acked) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(ends[0]);
    Child(path, round, ends[1]);
  }
  close(ends[1]);
  int number = 0;
  const bool began = read(ends[0], &number, sizeof number) == sizeof number;
  for (int i = 0; began && i < after; ++i) {
    if (read(ends[0], &number, sizeof number) != sizeof number) break;
    acked.insert(number);
  }
  std::this_thread::sleep_for(delay);
  kill(child, SIGKILL);
  while (read(ends[0], &number, sizeof number) == sizeof number) {
    acked.insert(number);
  }
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(began);
  ASSERT_TRUE(WIFSIGNALED(status))
      << "the child ended on its own: " << WEXITSTATUS(status);
}

/// The numbers of all stored alerts.
std::set<int> StoredNumbers(SqlStore& store) {
  std::set<int> out;
  AlertQuery query;
  query.limit = 500;
  while (true) {
    const auto page = store.List(query);
    if (!page.ok()) return out;
    for (const StoredAlert& alert : page->items) {
      out.insert(std::stoi(std::string(AlertName(alert.alert))));
    }
    if (!page->next) return out;
    query.cursor = page->next;
  }
}

TEST(SqliteCrash, AcknowledgedWritesSurviveKillsAtAnyMoment) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer does not follow threads behind a fork";
#endif
  const TempFolder folder;
  std::mt19937 random(11);
  std::uniform_int_distribution<int> after(0, 6);
  std::uniform_int_distribution<int> delay(0, 10'000);
  std::set<int> acked;
  for (int round = 0; round < 100; ++round) {
    KillOne(folder.Database(), round, after(random),
            std::chrono::microseconds(delay(random)), acked);
    if (HasFatalFailure()) return;
    const auto report = VerifyFile(folder.Database());
    ASSERT_TRUE(report.ok()) << report.error().message;
    ASSERT_EQ(report->first_bad, 0) << report->problem;
  }
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok()) << store.error().message;
  const std::set<int> stored = StoredNumbers(**store);
  std::set<int> audited;
  const auto records = (*store)->Find("");
  ASSERT_TRUE(records.ok());
  for (const AuditRecord& record : *records) {
    audited.insert(std::stoi(record.reason));
  }
  EXPECT_GT(acked.size(), 100u);
  for (const int number : acked) {
    EXPECT_TRUE(stored.count(number)) << "alert " << number << " is lost";
    EXPECT_TRUE(audited.count(number)) << "record " << number << " is lost";
  }
}

}  // namespace
}  // namespace selfheal::testing
