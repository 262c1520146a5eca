// What must hold of any detector that can be believed, on small generated data.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assess/filter.h"
#include "tests/assess/measures.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using assess::FilterOptions;
using assess::FilterTiming;
using assess::NamedTable;
using assess::Random;
using assess::ScoredRow;
using testing::AveragePrecision;
using testing::EventRecall;
using testing::kNaN;
using testing::OrdinarySeries;
using testing::VusPr;

constexpr int kMetrics = 5;
constexpr int kTrain = 800;
constexpr int kTest = 1500;
constexpr int kEvents = 15;
constexpr int kEventRows = 24;

/// Two servers' worth of rows: calm ones to learn from, and ones with events
/// in which two metrics leave their usual range for some rows.
struct Labelled {
  NamedTable train, test;
  std::vector<int> labels = std::vector<int>(kTest, 0);
};

void AddEvent(NamedTable& series, int first, int rows, double deviations) {
  for (const std::size_t m : {std::size_t{1}, std::size_t{3}}) {
    for (int i = first; i < first + rows; ++i) {
      series.table.columns[m][static_cast<std::size_t>(i)] += deviations * 4;
    }
  }
}

Labelled Generated(std::uint64_t seed) {
  Labelled out;
  for (std::uint64_t m = 0; m < kMetrics; ++m) {
    for (NamedTable* series : {&out.train, &out.test}) {
      series->names.push_back("m" + std::to_string(m));
      series->table.columns.push_back(
          OrdinarySeries(series == &out.train ? kTrain : kTest, 100, 4,
                         seed * 977 + 2 * m + (series == &out.test)));
    }
  }
  for (int event = 0; event < kEvents; ++event) {
    const int first = 40 + event * 95;
    AddEvent(out.test, first, kEventRows, 4 + event % 3);
    std::fill_n(out.labels.begin() + first, kEventRows, 1);
  }
  return out;
}

std::vector<ScoredRow> Rows(const NamedTable& train, const NamedTable& test) {
  FilterTiming timing;
  FilterOptions options;
  options.spec.trees = 50;
  return assess::ScoreTest(train, test, options, timing);
}

std::vector<double> Statistics(const NamedTable& train,
                               const NamedTable& test) {
  std::vector<double> statistics;
  for (const ScoredRow& row : Rows(train, test)) {
    statistics.push_back(row.statistic);
  }
  return statistics;
}

double BaseRate(const std::vector<int>& labels) {
  return std::accumulate(labels.begin(), labels.end(), 0.0) /
         static_cast<double>(labels.size());
}

TEST(Controls, ShuffledLabelsGiveTheBaseRate) {
  Labelled data = Generated(1);
  const std::vector<double> score = Statistics(data.train, data.test);
  EXPECT_GT(AveragePrecision(score, data.labels), 2 * BaseRate(data.labels));
  Random random(3);
  double sum = 0;
  constexpr int kRounds = 50;
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = kTest - 1; i > 0; --i) {
      std::swap(data.labels[i],
                data.labels[random.Below(static_cast<std::uint32_t>(i + 1))]);
    }
    sum += AveragePrecision(score, data.labels);
  }
  EXPECT_NEAR(sum / kRounds, BaseRate(data.labels), 0.02);
}

TEST(Controls, RandomScoresFindNothing) {
  Labelled data = Generated(2);
  // As rare as real incidents are: three events.
  for (std::size_t i = 300; i < kTest; ++i) data.labels[i] = 0;
  Random random(5);
  double worst = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<double> score(kTest);
    for (double& value : score) value = random.Uniform();
    worst = std::max(worst, VusPr(score, data.labels, 20));
  }
  EXPECT_LT(worst, 0.10);
  std::vector<double> perfect(data.labels.begin(), data.labels.end());
  EXPECT_GT(VusPr(perfect, data.labels, 20), 0.6);
}

TEST(Controls, OneRowMoreOrAnotherFutureChangesNoEarlierRow) {
  const Labelled data = Generated(3);
  NamedTable other = data.test;
  for (auto& column : other.table.columns) {
    for (std::size_t i = 500; i < kTest; ++i) column[i] = i % 2 ? kNaN : -1e9;
  }
  const auto before = Rows(data.train, data.test);
  const auto after = Rows(data.train, other);
  for (std::size_t i = 0; i < 500; ++i) {
    ASSERT_EQ(before[i].statistic, after[i].statistic) << i;
    ASSERT_EQ(before[i].score, after[i].score) << i;
    ASSERT_EQ(before[i].confidence, after[i].confidence) << i;
  }
  EXPECT_NE(before[600].statistic, after[600].statistic);
}

NamedTable Reversed(NamedTable series) {
  std::reverse(series.names.begin(), series.names.end());
  std::reverse(series.table.columns.begin(), series.table.columns.end());
  return series;
}

TEST(Controls, TheOrderOfTheColumnsDoesNotMatter) {
  const Labelled data = Generated(4);
  EXPECT_EQ(Statistics(data.train, data.test),
            Statistics(Reversed(data.train), Reversed(data.test)));
  const FilterOptions options;
  const ScoredRow a = assess::ScoreAt(data.test, 138, 60, 12, options);
  const ScoredRow b =
      assess::ScoreAt(Reversed(data.test), 138, 60, 12, options);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.score, b.score);
}

TEST(Controls, APoisonedBaselineCostsAtMostAFifthOfTheEvents) {
  double clean = 0;
  double poisoned = 0;
  for (const std::uint64_t seed : {5, 6, 7}) {
    Labelled data = Generated(seed);
    clean += EventRecall(Statistics(data.train, data.test), data.labels, 0.01);
    AddEvent(data.train, 300, kTrain / 20, 6);
    poisoned +=
        EventRecall(Statistics(data.train, data.test), data.labels, 0.01);
  }
  EXPECT_GT(clean, 3 * 0.8);
  EXPECT_GE(poisoned, 0.8 * clean);
}

/// A column of one of the kinds that real exporters have.
std::vector<double> OddColumn(int rows, Random& random) {
  const std::uint32_t kind = random.Below(9);
  const double scale = std::pow(10, 24 * random.Uniform() - 12);
  double counter = 0;
  std::vector<double> values;
  for (int i = 0; i < rows; ++i) {
    const double noise = random.Normal();
    counter = random.Below(90) == 0 ? 0 : counter + std::abs(noise);
    const std::vector<double> kinds = {
        7,
        50 + noise,
        random.Below(3) == 0 ? kNaN : noise,
        random.Below(10) > 0 ? kNaN : noise,
        counter,
        1e-9 * noise,
        static_cast<double>(random.Below(2)),
        random.Below(100) == 0 ? 1e300 * noise : 0,
        i < rows / 2 ? kNaN : noise};
    values.push_back(kinds[kind] * scale);
  }
  return values;
}

NamedTable OddTable(int metrics, int rows, Random& random) {
  NamedTable out;
  const bool doubled = random.Below(4) == 0;
  for (int m = 0; m < metrics; ++m) {
    out.names.push_back("m" + std::to_string(m));
    out.table.columns.push_back(OddColumn(rows, random));
    auto& column = out.table.columns.back();
    for (std::size_t i = 1; doubled && i < column.size(); i += 2) {
      column[i] = column[i - 1];
    }
  }
  return out;
}

void ExpectSound(const ScoredRow& row, int metrics) {
  EXPECT_TRUE(std::isfinite(row.statistic));
  EXPECT_TRUE(row.score >= 0 && row.score <= 1);
  EXPECT_TRUE(row.confidence >= 0 && row.confidence <= 1);
  EXPECT_EQ(static_cast<int>(row.factors.size()), metrics);
  const bool inconclusive = row.outcome == Judgement::kInconclusive;
  EXPECT_EQ(inconclusive, !row.reason.empty());
  EXPECT_TRUE(!inconclusive || row.score == 0);
  const FilterOptions options;
  EXPECT_EQ(row.outcome == Judgement::kConfirmed,
            row.score >= options.spec.anomaly_threshold);
}

TEST(Controls, OddDataIsFiniteOrInconclusive) {
  Random random(20);
  for (int round = 0; round < 60; ++round) {
    const int metrics =
        round % 20 == 0 ? 200 : 1 + static_cast<int>(random.Below(6));
    const int rows = 1 + static_cast<int>(random.Below(400));
    const NamedTable train = OddTable(metrics, rows, random);
    const NamedTable test =
        OddTable(metrics, 1 + static_cast<int>(random.Below(60)), random);
    for (const ScoredRow& row : Rows(train, test)) ExpectSound(row, metrics);
    FilterOptions options;
    options.spec.trees = 10;
    for (const int at : {rows / 2, rows - 1}) {
      ExpectSound(assess::ScoreAt(train, at, 1 + rows / 2,
                                  static_cast<int>(random.Below(20)), options),
                  metrics);
    }
    if (HasFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace selfheal
