#include "collect/collector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace selfheal {
namespace {

const Time kNow = *ParseTime("2026-11-25T12:00:30Z");
const TargetScope kScope{{ObjectKind::kDeployment, "shop", "cart"}, {}};

/// Answers every query with what `answer` makes of it.
class FakeSource : public MetricSource {
 public:
  using Answer = std::function<Result<QueryAnswer>(const RangeQuery&)>;
  explicit FakeSource(Answer answer) : answer_(std::move(answer)) {}

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration) override {
    std::vector<Result<QueryAnswer>> answers;
    for (const RangeQuery& query : queries) answers.push_back(answer_(query));
    return answers;
  }
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery>,
                                         Duration) override {
    return {};
  }

 private:
  Answer answer_;
};

QueryAnswer Full(const RangeQuery& query, double value) {
  Series series;
  for (Time at = query.start; at <= query.end; at += query.step) {
    series.samples.push_back({at, value});
  }
  return {.series = {series}, .warnings = {}};
}

Rule MakeRule() {
  Rule rule;
  rule.name = "memory-leak";
  rule.evidence = {{.name = "memory",
                    .query = "max(m{$target})",
                    .unit = "bytes",
                    .limit = "max(l{$target})"}};
  rule.baseline = seconds(3600);
  rule.baseline_step = seconds(300);
  rule.window = 10;
  rule.step = seconds(60);
  return rule;
}

TEST(CollectPods, AsksEachPodAloneForWhatTellsOfPods) {
  Rule rule = MakeRule();
  rule.evidence[0].bad = BadDirection::kRises;
  EvidenceQuery rate = rule.evidence[0];
  rate.name = "rate";
  rate.bad = BadDirection::kEither;
  EvidenceQuery extra = rule.evidence[0];
  extra.name = "extra";
  extra.optional = true;
  rule.evidence.insert(rule.evidence.end(), {rate, extra});
  std::vector<std::string> asked;
  FakeSource source([&](const RangeQuery& query) -> Result<QueryAnswer> {
    asked.push_back(query.expr);
    if (query.expr.find("cart-b") != std::string::npos) return QueryAnswer{};
    return Full(query, 7);
  });
  const auto pods =
      Collector(source, seconds(5))
          .CollectPods(rule, kScope.target,
                       {{"cart-a", "ua", "n1", {}}, {"cart-b", "ub", "n2", {}}},
                       kNow);
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ(asked.size(), 6u);  // Window, baseline and limit of each.
  EXPECT_EQ(asked.front(), R"(max(m{namespace="shop",pod=~"cart-a"}))");
  ASSERT_EQ(pods->size(), 2u);
  const PodEvidence& first = pods->front();
  EXPECT_EQ(first.uid, "ua");
  ASSERT_EQ(first.metrics.size(), 1u);
  EXPECT_EQ(first.metrics[0].name, "memory");
  EXPECT_EQ(first.metrics[0].window.values.back(), 7);
  EXPECT_EQ(first.metrics[0].baseline.values.size(), 12u);
  EXPECT_EQ(pods->back().metrics.at(0).problem, "no series");
}

TEST(CollectPods, AWarningSpoilsThePodAndAFaultTheWhole) {
  Rule rule = MakeRule();
  rule.evidence[0].bad = BadDirection::kRises;
  FakeSource warned([](const RangeQuery& query) -> Result<QueryAnswer> {
    QueryAnswer answer = Full(query, 7);
    answer.warnings = {"partial"};
    return answer;
  });
  const auto pods =
      Collector(warned, seconds(5))
          .CollectPods(rule, kScope.target, {{"cart-a", "", "", {}}}, kNow);
  ASSERT_TRUE(pods.ok());
  EXPECT_NE(pods->front().metrics.at(0).problem.find("partial"),
            std::string::npos);
  FakeSource down([](const RangeQuery&) -> Result<QueryAnswer> {
    return Error{Code::kUnavailable, "down"};
  });
  EXPECT_FALSE(
      Collector(down, seconds(5))
          .CollectPods(rule, kScope.target, {{"cart-a", "", "", {}}}, kNow)
          .ok());
}

Result<EvidenceWindow> Collect(FakeSource::Answer answer) {
  FakeSource source(std::move(answer));
  return Collector(source, seconds(5)).Collect(MakeRule(), kScope, kNow);
}

TEST(CollectorTest, FillsWindowBaselineAndLimitOnAlignedGrids) {
  const auto evidence =
      Collect([](const RangeQuery& query) { return Full(query, 7); });
  ASSERT_TRUE(evidence.ok());
  const MetricWindow& memory = evidence->metrics.at(0);
  EXPECT_EQ(memory.problem, "");
  EXPECT_EQ(memory.window.values, std::vector<double>(10, 7));
  EXPECT_EQ(memory.window.End(), *ParseTime("2026-11-25T12:00:00Z"));
  EXPECT_EQ(memory.baseline.values, std::vector<double>(12, 7));
  EXPECT_LT(memory.baseline.End(), memory.window.start);
  EXPECT_EQ(memory.limit, 7);
  EXPECT_TRUE(evidence->problems.empty());
}

TEST(CollectorTest, MissingIsNeverGood) {
  const auto nothing = Collect([](const RangeQuery&) { return QueryAnswer{}; });
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(nothing->metrics.at(0).problem, "no series");
  EXPECT_FALSE(nothing->metrics.at(0).limit.has_value());

  const auto two = Collect([](const RangeQuery& query) {
    QueryAnswer answer = Full(query, 1);
    answer.series.push_back(answer.series.front());
    return answer;
  });
  EXPECT_EQ(two->metrics.at(0).problem, "2 series where 1 is expected");

  const auto nan = Collect([](const RangeQuery& query) {
    return Full(query, std::numeric_limits<double>::quiet_NaN());
  });
  EXPECT_EQ(nan->metrics.at(0).problem, "a value is not finite");
}

TEST(CollectorTest, AWindowThatEndsEarlyIsStale) {
  const auto evidence = Collect([](const RangeQuery& query) {
    QueryAnswer answer = Full(query, 1);
    auto& samples = answer.series.front().samples;
    if (samples.size() > 2) samples.resize(samples.size() - 2);
    return answer;
  });
  EXPECT_EQ(evidence->metrics.at(0).problem.rfind("stale", 0), 0U);
}

TEST(CollectorTest, OneMissingPointIsAHole) {
  const auto evidence = Collect([](const RangeQuery& query) {
    QueryAnswer answer = Full(query, 1);
    answer.series.front().samples.erase(
        answer.series.front().samples.begin() +
        (answer.series.front().samples.size() > 1 ? 1 : 0));
    return answer;
  });
  const MetricWindow& memory = evidence->metrics.at(0);
  EXPECT_EQ(memory.problem, "");
  EXPECT_TRUE(std::isnan(memory.window.values.at(1)));
}

TEST(CollectorTest, WarningsMakeTheWholeInsufficient) {
  const auto evidence = Collect([](const RangeQuery& query) {
    QueryAnswer answer = Full(query, 1);
    answer.warnings = {"a store is down"};
    return answer;
  });
  EXPECT_FALSE(evidence->problems.empty());
}

TEST(CollectorTest, ASourceThatDoesNotAnswerIsAFault) {
  const auto down = Collect([](const RangeQuery&) -> Result<QueryAnswer> {
    return Error{Code::kUnavailable, "refused"};
  });
  ASSERT_FALSE(down.ok());
  EXPECT_EQ(down.error().code, Code::kUnavailable);

  const auto wrong = Collect([](const RangeQuery&) -> Result<QueryAnswer> {
    return Error{Code::kInvalidArgument, "parse error"};
  });
  ASSERT_TRUE(wrong.ok());
  EXPECT_FALSE(wrong->problems.empty());
}

}  // namespace
}  // namespace selfheal
