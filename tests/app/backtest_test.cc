#include "app/backtest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "app/told_source.h"

namespace selfheal::testing {
namespace {

const Time kFrom = *ParseTime("2026-11-10T00:00:00Z");
constexpr std::chrono::minutes kMinute{1};
constexpr std::chrono::hours kHour{1};

struct Firing {
  std::string workload;
  Time from;
  Time to;
};

/// A rule on the memory of a Deployment, and a Prometheus in which "bad"
/// workloads have risen for half an hour at any time, others never.
class BacktestTest : public ::testing::Test {
 protected:
  BacktestTest() {
    config_.kubernetes.namespaces = {"shop"};
    Rule rule;
    rule.name = rule.runbook = "leak";
    rule.alerts = {{{.name = "alertname", .value = "Leak", .regex = {}}}};
    rule.evidence = {{.name = "memory",
                      .query = "memory{$target}",
                      .unit = "bytes",
                      .limit = {},
                      .bad = BadDirection::kRises}};
    set_->rules = {rule};
    Runbook runbook;
    runbook.name = "leak";
    runbook.steps = {{.action = RollingRestart{}}};
    set_->runbooks = {{"leak", runbook}};
  }

  Result<QueryAnswer> Answer(const RangeQuery& query) const {
    QueryAnswer answer;
    if (down) return Error{Code::kUnavailable, "refused"};
    if (Has(query, "ALERTS")) {
      for (const Firing& one : firing) AddAlert(query, one, answer);
    } else if (Has(query, "kube_deployment_spec_replicas")) {
      if (!Has(query, "gone")) {
        answer.series.push_back(
            Ones(query, {}, query.start, query.end + kMinute));
      }
    } else {
      answer.series.push_back(Memory(query));
    }
    return answer;
  }

  /// Into the series of its workload, as one rule of Prometheus would.
  static void AddAlert(const RangeQuery& query, const Firing& one,
                       QueryAnswer& answer) {
    Series series = Ones(query,
                         {{"alertname", one.workload == "odd" ? "Odd" : "Leak"},
                          {"namespace", "shop"},
                          {"deployment", one.workload}},
                         one.from, one.to);
    if (series.samples.empty()) return;
    for (Series& known : answer.series) {
      if (known.labels != series.labels) continue;
      known.samples.insert(known.samples.end(), series.samples.begin(),
                           series.samples.end());
      return;
    }
    answer.series.push_back(std::move(series));
  }

  static Series Memory(const RangeQuery& query) {
    Series series = Ones(query, {}, query.start, query.end + kMinute);
    const bool fine = query.step == kMinute;
    for (Sample& sample : series.samples) {
      const double t = UnixSeconds(sample.at) / 60;
      sample.value = 100 + 5 * std::sin(t) + 3 * std::sin(t * 7.3);
      const double late = (sample.at - (query.end - 30 * kMinute)) / kMinute;
      if (fine && Has(query, "bad") && late > 0) sample.value += 40 * late;
    }
    return series;
  }

  Result<BacktestReport> Run() {
    ToldSource source([this](const RangeQuery& q) { return Answer(q); });
    return Backtest(
        config_, set_, source,
        {kFrom, kFrom + 24 * kHour,
         [this](std::string_view, std::size_t, std::size_t) { ++told; }});
  }

  std::vector<PastEnd> Ends() {
    const auto report = Run();
    EXPECT_TRUE(report.ok()) << report.error().message;
    std::vector<PastEnd> ends;
    for (const PastEpisode& episode : report->episodes) {
      ends.push_back(episode.end);
    }
    return ends;
  }

  Config config_;
  std::shared_ptr<RuleSet> set_ = std::make_shared<RuleSet>();
  std::vector<Firing> firing;
  bool down = false;
  int told = 0;
};

TEST_F(BacktestTest, EachAlertComesToItsEnd) {
  firing = {{"bad-a", kFrom + kHour, kFrom + 2 * kHour},
            {"calm", kFrom + 2 * kHour, kFrom + 3 * kHour},
            {"gone", kFrom + 3 * kHour, kFrom + 4 * kHour},
            {"odd", kFrom + 4 * kHour, kFrom + 5 * kHour}};
  EXPECT_EQ(Ends(), (std::vector{PastEnd::kActs, PastEnd::kDismissed,
                                 PastEnd::kNoTarget, PastEnd::kUnmatched}));
  EXPECT_GE(told, 5);
}

TEST_F(BacktestTest, WhatComesWhileItsIncidentIsOpenJoinsIt) {
  firing = {{"bad-a", kFrom + kHour, kFrom + kHour + kMinute},
            {"bad-a", kFrom + kHour + 7 * kMinute, kFrom + 2 * kHour},
            {"bad-a", kFrom + 3 * kHour, kFrom + 4 * kHour}};
  set_->runbooks.at("leak").steps.front().verify_within = seconds(600);
  EXPECT_EQ(Ends(),
            (std::vector{PastEnd::kActs, PastEnd::kJoined, PastEnd::kActs}));
}

TEST_F(BacktestTest, AGuardThatOnlyWaitsIsWaitedFor) {
  // One action at a time: the second begins when the first is verified.
  firing = {{"bad-a", kFrom + kHour, kFrom + 2 * kHour},
            {"bad-b", kFrom + kHour + kMinute, kFrom + 2 * kHour},
            {"bad-c", kFrom + kHour + kMinute, kFrom + kHour + 3 * kMinute}};
  EXPECT_EQ(Ends(),
            (std::vector{PastEnd::kActs, PastEnd::kActs, PastEnd::kResolved}));
}

TEST_F(BacktestTest, AGuardThatDeniesIsNamed) {
  config_.kubernetes.namespaces = {"other"};
  firing = {{"bad-a", kFrom + kHour, kFrom + 2 * kHour}};
  const auto report = Run();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->episodes.front().end, PastEnd::kDenied);
  EXPECT_EQ(report->episodes.front().guard, "namespaces");
}

TEST_F(BacktestTest, WhatWouldFollowIsSaid) {
  Runbook& runbook = set_->runbooks.at("leak");
  runbook.steps.resize(4);
  runbook.steps[1] = {.action = ScaleOut{}, .when = {Cause::kNewRevision}};
  runbook.steps[2] = {.action = ScaleOut{}};
  runbook.steps[3] = {.action = RollingRestart{}};
  firing = {{"bad-a", kFrom + kHour, kFrom + 2 * kHour}};
  const auto then = [&](int most) {
    runbook.escalate_after_steps = most;
    const auto report = Run();
    EXPECT_TRUE(report.ok());
    std::vector<std::string_view> names;
    for (const RunbookStep* step : report->episodes.front().then) {
      names.push_back(ActionName(step->action));
    }
    return names;
  };
  EXPECT_EQ(then(1), (std::vector<std::string_view>{}));
  EXPECT_EQ(then(2), (std::vector<std::string_view>{"scale_out"}));
  EXPECT_EQ(then(9),
            (std::vector<std::string_view>{"scale_out", "rolling_restart"}));
}

TEST_F(BacktestTest, TheSamePastIsJudgedTheSame) {
  for (int i = 0; i < 8; ++i) {
    firing.push_back({(i % 2 ? "bad-" : "calm-") + std::to_string(i),
                      kFrom + i * kHour, kFrom + i * kHour + 9 * kMinute});
  }
  const auto one = Run();
  const auto two = Run();
  ASSERT_TRUE(one.ok() && two.ok());
  for (std::size_t i = 0; i < one->episodes.size(); ++i) {
    EXPECT_EQ(one->episodes[i].score, two->episodes[i].score);
    EXPECT_EQ(one->episodes[i].end, two->episodes[i].end);
  }
}

TEST_F(BacktestTest, WithoutPrometheusThereIsNoReport) {
  down = true;
  const auto report = Run();
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, Code::kUnavailable);
}

TEST(PastEndName, EachHasItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kPastEnds; ++i) {
    names.insert(PastEndName(static_cast<PastEnd>(i)));
  }
  EXPECT_EQ(names.size(), kPastEnds);
}

}  // namespace
}  // namespace selfheal::testing
