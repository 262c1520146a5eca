#include "flow/missed_windows.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "fakes/fake_metric_source.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"

namespace selfheal {
namespace {

using std::chrono::minutes;
using testing::FakeClock;
using testing::FakeMetricSource;
using testing::FakeStore;

/// When alert `labels` fired, in minutes after the start.
struct Firing {
  Labels labels;
  double from = 0;
  double to = 0;
};

class MissedWindowsTest : public ::testing::Test {
 protected:
  MissedWindowsTest() : start_(clock_.Now()) {
    Rule rule;
    rule.name = "memory-leak";
    Matcher matcher;
    matcher.name = "alertname";
    matcher.value = "KubeMemoryLeak";
    rule.alerts = {{matcher}};
    runbooks_.rules->rules.push_back(rule);
    metrics_.range = [this](const RangeQuery& query) { return Answer(query); };
  }

  Result<QueryAnswer> Answer(const RangeQuery& query) {
    if (down_) return Error{Code::kUnavailable, "down"};
    QueryAnswer answer;
    for (const Firing& firing : firing_) {
      Series series;
      series.labels = firing.labels;
      series.labels["__name__"] = "ALERTS";
      series.labels["alertstate"] = "firing";
      for (Time at = query.start; at <= query.end; at += query.step) {
        const double minute =
            std::chrono::duration<double, std::ratio<60>>(at - start_).count();
        if (minute >= firing.from && minute < firing.to) {
          series.samples.push_back({at, 1});
        }
      }
      if (!series.samples.empty()) answer.series.push_back(series);
    }
    return answer;
  }

  static Labels LabelsOf(const std::string& pod,
                         const std::string& name = "KubeMemoryLeak") {
    return {{"alertname", name}, {"namespace", "shop"}, {"pod", pod}};
  }

  /// A process is there for `span`, and looks every minute.
  void BeThere(Duration span) {
    for (Duration passed{}; passed <= span; passed += minutes(1)) {
      missed_.RunOnce();
      clock_.Advance(minutes(1));
    }
  }

  void Post(const Labels& labels, Time starts_at) {
    Alert alert;
    alert.labels = labels;
    alert.fingerprint = Fingerprint(labels);
    alert.starts_at = starts_at;
    AlertGroup group;
    group.alerts = {alert};
    group.received = 1;
    AlertStore& alerts = store_;
    ASSERT_TRUE(alerts.Append(group, clock_.Now()).ok());
  }

  std::vector<std::string> Missed() {
    std::vector<std::string> reasons;
    for (const AuditRecord& record : store_.state().audit) {
      if (record.outcome == "missed") reasons.push_back(record.reason);
    }
    return reasons;
  }

  FakeClock clock_;
  const Time start_;
  FakeMetricSource metrics_;
  FakeStore store_{clock_};
  testing::FakeRunbooks runbooks_;
  testing::FakeNotifier notifier_;
  testing::FakeObserver observer_;
  testing::NoLog log_;
  std::vector<Firing> firing_;
  bool down_ = false;
  MissedWindows missed_{{.clock = clock_,
                         .metrics = metrics_,
                         .alerts = store_,
                         .audit = store_,
                         .beats = store_,
                         .runbooks = runbooks_,
                         .notifier = notifier_,
                         .observer = observer_,
                         .log = log_,
                         .timeout = seconds(10),
                         .boot_id = "boot"}};
};

TEST_F(MissedWindowsTest, TellsOnceWhatCameAndWentMeanwhile) {
  firing_ = {{LabelsOf("a"), 20, 30},           // Came and went.
             {LabelsOf("a"), 40, 45},           // Again: another episode.
             {LabelsOf("b"), 20, 500},          // Still fires.
             {LabelsOf("c"), 2, 30},            // Fired before we went.
             {LabelsOf("d", "Other"), 20, 30},  // No rule of ours.
             {LabelsOf("e"), 80, 90}};          // After we came back.
  BeThere(minutes(9));
  clock_.Advance(minutes(50));
  BeThere(minutes(60));
  const auto missed = Missed();
  ASSERT_EQ(missed.size(), 2u);
  EXPECT_NE(missed[0].find("2026-11-25T12:20:00.000Z to "
                           "2026-11-25T12:30:00.000Z"),
            std::string::npos)
      << missed[0];
  EXPECT_EQ(observer_.missed, 2u);
  ASSERT_EQ(notifier_.notices.size(), 1u);
  EXPECT_EQ(notifier_.notices[0].severity, "warning");
  EXPECT_NE(notifier_.notices[0].title.find("2 alerts"), std::string::npos);
  // They stand among the alerts, over, and open nothing.
  AlertStore& alerts = store_;
  const auto stored = alerts.List({});
  ASSERT_EQ(stored->items.size(), 2u);
  EXPECT_EQ(stored->items[0].alert.status, AlertStatus::kResolved);
}

TEST_F(MissedWindowsTest, WhatWasStoredIsNotMissed) {
  firing_ = {{LabelsOf("a"), 10.5, 20}, {LabelsOf("b"), 10.5, 20}};
  BeThere(minutes(9));
  // Posted just before the end, with a label that Prometheus adds.
  Labels labels = LabelsOf("a");
  labels["prometheus"] = "monitoring/k8s";
  clock_.Advance(seconds(50));
  Post(labels, start_ + seconds(630));
  clock_.Advance(minutes(60));
  BeThere(minutes(1));
  ASSERT_EQ(Missed().size(), 1u);
  EXPECT_EQ(observer_.missed, 1u);
}

TEST_F(MissedWindowsTest, AnotherEpisodeOfAKnownAlertIsMissed) {
  firing_ = {{LabelsOf("a"), 30, 40}};
  Post(LabelsOf("a"), start_ - minutes(60));
  BeThere(minutes(9));
  clock_.Advance(minutes(60));
  BeThere(minutes(1));
  EXPECT_EQ(Missed().size(), 1u);
}

TEST_F(MissedWindowsTest, AsksAgainUntilPrometheusAnswers) {
  firing_ = {{LabelsOf("a"), 20, 30}};
  BeThere(minutes(9));
  clock_.Advance(minutes(50));
  down_ = true;
  BeThere(minutes(5));
  EXPECT_TRUE(Missed().empty());
  down_ = false;
  metrics_.range = [this](const RangeQuery& query) {
    auto answer = Answer(query);
    answer->warnings = {"partial"};
    return answer;
  };
  BeThere(minutes(5));
  EXPECT_TRUE(Missed().empty()) << "a partial answer is none";
  metrics_.range = [this](const RangeQuery& query) { return Answer(query); };
  BeThere(minutes(1));
  EXPECT_EQ(Missed().size(), 1u);
}

TEST_F(MissedWindowsTest, AStoreThatFailsIsTriedAgain) {
  firing_ = {{LabelsOf("a"), 20, 30}};
  BeThere(minutes(9));
  clock_.Advance(minutes(50));
  for (int nth = 1; nth <= 4; ++nth) {
    store_.FailCall(nth);
    missed_.RunOnce();
    clock_.Advance(seconds(1));
  }
  BeThere(minutes(1));
  ASSERT_GE(Missed().size(), 1u);
  for (const std::string& reason : Missed()) {
    EXPECT_NE(reason.find("fired from 2026-11-25T12:20:00.000Z"),
              std::string::npos);
  }
  AlertStore& alerts = store_;
  EXPECT_EQ(alerts.List({})->items.size(), 1u);
}

TEST_F(MissedWindowsTest, AFirstStartAndAShortPauseAskNothing) {
  firing_ = {{LabelsOf("a"), -60, -30}, {LabelsOf("a"), 1.1, 1.9}};
  BeThere(minutes(0));
  clock_.Advance(seconds(59));
  missed_.RunOnce();
  EXPECT_TRUE(metrics_.asked.empty());
  EXPECT_TRUE(Missed().empty());
}

/// Random outages: every episode is posted while we are there, or told once
/// afterwards.
TEST_F(MissedWindowsTest, NothingIsLostInFiveHundredOutages) {
  std::mt19937_64 random(3);
  double minute = 0;
  std::vector<Firing> unseen;
  std::size_t lost = 0;
  BeThere(minutes(0));
  minute += 1;
  for (int outage = 0; outage < 500; ++outage) {
    // There for 2 to 9 minutes: what begins is posted at once.
    firing_.clear();
    const auto there = static_cast<double>(2 + random() % 8);
    if (random() % 2 == 0) {
      const std::string pod = "up-" + std::to_string(outage);
      firing_.push_back({LabelsOf(pod), minute, minute + 40});
      Post(LabelsOf(pod), clock_.Now());
    }
    BeThere(minutes(static_cast<int>(there) - 1));
    minute += there;
    // Away for 3 to 60 minutes, in which up to three come and go.
    const auto away = static_cast<double>(3 + random() % 58);
    for (std::uint64_t i = random() % 4; i > 0; --i) {
      const double from =
          minute + static_cast<double>(random() % 1000) / 1000 * (away - 2);
      const double to = from + 0.51 +
                        static_cast<double>(random() % 1000) / 1000 *
                            (minute + away - 1 - from - 0.52);
      firing_.push_back(
          {LabelsOf("down-" + std::to_string(outage) + "-" + std::to_string(i)),
           from, to});
      ++lost;
    }
    clock_.Advance(minutes(static_cast<int>(away)));
    minute += away;
    missed_.RunOnce();
  }
  std::set<std::string> told;
  for (const AuditRecord& record : store_.state().audit) {
    if (record.outcome != "missed") continue;
    EXPECT_TRUE(
        told.insert(std::get<std::string>(record.data.front().second)).second)
        << "twice: " << record.reason;
  }
  EXPECT_EQ(told.size(), lost);
  EXPECT_EQ(observer_.missed, lost);
  EXPECT_GT(lost, 500u);
}

TEST_F(MissedWindowsTest, LooksBackADayAtMost) {
  firing_ = {{LabelsOf("a"), 20, 30}};
  BeThere(minutes(9));
  clock_.Advance(std::chrono::hours(48));
  Time from;
  metrics_.range = [&](const RangeQuery& query) {
    from = query.start;
    return Answer(query);
  };
  BeThere(minutes(1));
  EXPECT_GE(from, clock_.Now() - std::chrono::hours(25));
  EXPECT_TRUE(Missed().empty());
}

}  // namespace
}  // namespace selfheal
