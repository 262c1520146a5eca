#include "flow/keyed_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/clock.h"
#include "sim/fakes/fake_clock.h"

namespace selfheal {
namespace {

using testing::FakeClock;

class KeyedQueueTest : public ::testing::Test {
 protected:
  /// The next due key, or "" where none is due now.
  std::string TakeNow() {
    std::stop_source stop;
    if (queue_.Depth() == 0) return "";
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      stop.request_stop();
    });
    return queue_.Take(stop.get_token()).value_or("");
  }

  FakeClock clock_;
  KeyedQueue queue_{clock_};
};

TEST_F(KeyedQueueTest, AKeyThatWaitsIsThereOnce) {
  queue_.Add("a");
  queue_.Add("a");
  EXPECT_EQ(queue_.Depth(), 1U);
  EXPECT_EQ(TakeNow(), "a");
  EXPECT_EQ(queue_.Depth(), 0U);
}

TEST_F(KeyedQueueTest, AKeyUnderWorkComesAgainOnlyAfterDone) {
  queue_.Add("a");
  EXPECT_EQ(TakeNow(), "a");
  queue_.Add("a");
  EXPECT_EQ(TakeNow(), "");
  queue_.Done("a");
  EXPECT_EQ(TakeNow(), "a");
}

TEST_F(KeyedQueueTest, ADelayedKeyIsDueAtItsTime) {
  queue_.AddAfter("a", seconds(10));
  EXPECT_EQ(TakeNow(), "");
  clock_.Advance(seconds(10));
  EXPECT_EQ(TakeNow(), "a");
}

TEST_F(KeyedQueueTest, TheEarlierTimeWins) {
  queue_.AddAfter("a", seconds(10));
  queue_.Add("a");
  EXPECT_EQ(TakeNow(), "a");
  EXPECT_EQ(queue_.Depth(), 0U);
}

TEST_F(KeyedQueueTest, NoKeyIsEverWorkedOnTwiceAtOnce) {
  const SystemClock clock;
  KeyedQueue queue(clock);
  std::atomic<int> inside{0};
  std::atomic<int> passes{0};
  std::atomic<bool> overlap{false};
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&](const std::stop_token& stop) {
        while (const auto key = queue.Take(stop)) {
          if (inside.fetch_add(1) != 0) overlap = true;
          passes.fetch_add(1);
          inside.fetch_sub(1);
          queue.Done(*key);
        }
      });
    }
    while (passes < 1000) {
      queue.Add("only");
      std::this_thread::yield();
    }
  }
  EXPECT_FALSE(overlap);
}

}  // namespace
}  // namespace selfheal
