#include "assess/filter.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "assess/anomaly.h"
#include "assess/detector.h"
#include "assess/judge.h"

namespace selfheal::assess {
namespace {

/// A row counts where at least this share of its values is present.
constexpr double kPresentShare = 0.5;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

/// Columns of both tables in the order of their names, infinities missing.
std::vector<std::size_t> NameOrder(const std::vector<std::string>& names) {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(
      order.begin(), order.end(),
      [&names](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  return order;
}

Table Ordered(const NamedTable& named, const std::vector<std::size_t>& order) {
  Table table;
  for (const std::size_t column : order) {
    table.columns.push_back(named.table.columns[column]);
  }
  return table;
}

int PresentValues(const std::vector<double>& column) {
  return static_cast<int>(
      std::count_if(column.begin(), column.end(),
                    [](double value) { return std::isfinite(value); }));
}

bool Varies(const std::vector<double>& column) {
  double first = 0;
  bool any = false;
  for (const double value : column) {
    if (!std::isfinite(value)) continue;
    if (any && value != first) return true;
    first = value;
    any = true;
  }
  return false;
}

/// Why the baseline cannot be used, "" where it can.
std::string BaselineProblem(const Table& train, int min_rows) {
  bool long_enough = false;
  bool varies = false;
  for (const auto& column : train.columns) {
    long_enough = long_enough || PresentValues(column) >= min_rows;
    varies = varies || Varies(column);
  }
  if (!long_enough) {
    return "no metric of the baseline has " + std::to_string(min_rows) +
           " values";
  }
  return varies ? "" : "every metric is constant in the baseline";
}

bool RowPresent(const Table& table, int row) {
  int present = 0;
  for (const auto& column : table.columns) {
    present += std::isfinite(column[static_cast<std::size_t>(row)]) ? 1 : 0;
  }
  return present >= kPresentShare * table.metrics();
}

std::vector<Factor> RankedFactors(const std::vector<std::string>& names,
                                  const std::vector<std::size_t>& order,
                                  const std::vector<double>& contributions) {
  std::vector<Factor> factors;
  for (std::size_t i = 0; i < order.size(); ++i) {
    factors.push_back({names[order[i]], contributions[i]});
  }
  std::stable_sort(factors.begin(), factors.end(),
                   [](const Factor& a, const Factor& b) {
                     return a.contribution > b.contribution;
                   });
  return factors;
}

std::vector<ScoredRow> AllInconclusive(const NamedTable& test,
                                       const std::string& reason) {
  ScoredRow row;
  row.reason = reason;
  for (const std::string& name : test.names) row.factors.push_back({name, 0});
  return std::vector<ScoredRow>(static_cast<std::size_t>(test.table.rows()),
                                row);
}

}  // namespace

std::vector<ScoredRow> ScoreTest(const NamedTable& train,
                                 const NamedTable& test,
                                 const FilterOptions& options,
                                 FilterTiming& timing) {
  const auto order = NameOrder(train.names);
  const Table baseline = Ordered(train, order);
  const Table table = Ordered(test, order);
  const int min_rows = std::max(options.spec.min_baseline, Detector::kMinRows);
  const std::string problem = BaselineProblem(baseline, min_rows);
  if (!problem.empty()) return AllInconclusive(test, problem);
  DetectorOptions detector_options =
      OptionsFor(options.spec, options.step, options.seed);
  detector_options.peak_rows = 1;
  detector_options.opening = 0;  // Rows of many days after the baseline.
  const auto start = std::chrono::steady_clock::now();
  const Detector detector(baseline, detector_options);
  timing.fit = SecondsSince(start);
  const auto fitted = std::chrono::steady_clock::now();
  const DetectorScores scores = detector.Score(table);
  const std::vector<std::vector<double>> parts =
      detector.ContributionsOfAll(table);
  timing.score = SecondsSince(fitted);
  std::vector<ScoredRow> rows(static_cast<std::size_t>(table.rows()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ScoredRow& row = rows[i];
    row.factors = RankedFactors(train.names, order, parts[i]);
    if (!RowPresent(table, static_cast<int>(i))) {
      row.reason = "more than half of its values are missing";
      continue;
    }
    row.statistic = scores.statistic[i];
    row.score = scores.score[i];
    row.confidence = scores.confidence[i];
    row.outcome = row.score >= options.spec.anomaly_threshold
                      ? Judgement::kConfirmed
                      : Judgement::kNotConfirmed;
  }
  return rows;
}

EvidenceWindow EvidenceAt(const NamedTable& series, int row, int baseline,
                          int gap, const FilterOptions& options) {
  EvidenceWindow evidence;
  const auto time_of = [&options](int at) {
    return Time{} + options.step * static_cast<long long>(at);
  };
  const auto cut = [](const std::vector<double>& column, int first, int last) {
    if (last < first) return std::vector<double>{};
    return std::vector<double>(column.begin() + first,
                               column.begin() + last + 1);
  };
  evidence.at = time_of(row);
  const int window_first = std::max(0, row - options.window + 1);
  const int baseline_last = row - gap;
  const int baseline_first = std::max(0, baseline_last - baseline + 1);
  for (std::size_t m = 0; m < series.names.size(); ++m) {
    const std::vector<double>& column = series.table.columns[m];
    MetricWindow metric;
    metric.name = series.names[m];
    metric.window = {time_of(window_first), options.step,
                     cut(column, window_first, row)};
    metric.baseline = {time_of(baseline_first), options.step,
                       cut(column, baseline_first, baseline_last)};
    evidence.metrics.push_back(std::move(metric));
  }
  return evidence;
}

ScoredRow ScoreAt(const NamedTable& series, int row, int baseline, int gap,
                  const FilterOptions& options) {
  const Assessment found =
      Judge(EvidenceAt(series, row, baseline, gap, options), options.spec,
            options.seed);
  ScoredRow out;
  out.outcome = found.outcome;
  out.factors = found.factors;
  for (const std::string& name : series.names) {
    const bool named = std::any_of(
        out.factors.begin(), out.factors.end(),
        [&name](const Factor& factor) { return factor.metric == name; });
    if (!named) out.factors.push_back({name, 0});
  }
  if (found.outcome == Judgement::kInconclusive) {
    out.reason = found.reasons.empty() ? "" : found.reasons.front();
    return out;
  }
  out.statistic = found.statistic;
  out.score = found.score;
  out.confidence = found.confidence;
  return out;
}

}  // namespace selfheal::assess
