#include "assess/anomaly.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "assess/align.h"
#include "assess/detector.h"
#include "assess/robust.h"
#include "assess/standing.h"

namespace selfheal::assess {
namespace {

using Metrics = std::vector<const MetricWindow*>;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
/// The assessment looks at this many last rows.
constexpr int kPeakRows = 10;
/// From this step on the statistic is smoothed.
constexpr std::chrono::seconds kSmoothFrom{300};
constexpr double kSmoothing = 0.5;
/// An alert is judged an hour after its baseline, not days.
constexpr double kOpening = 0.35;

/// Baseline rows put before a window, so that its first rows have a past.
constexpr int kContextRows = 30;

Table WithContext(const Table& baseline, const Table& window) {
  Table out;
  const int first = std::max(0, baseline.rows() - kContextRows);
  for (std::size_t m = 0; m < window.columns.size(); ++m) {
    std::vector<double> column(baseline.columns[m].begin() + first,
                               baseline.columns[m].end());
    column.insert(column.end(), window.columns[m].begin(),
                  window.columns[m].end());
    out.columns.push_back(std::move(column));
  }
  return out;
}

/// Moved the way that is no bad sign, at `row` of `column`.
bool MovedWell(const MetricWindow& metric, const std::vector<double>& baseline,
               double value) {
  if (metric.bad == BadDirection::kEither || !std::isfinite(value)) {
    return false;
  }
  const double usual = Median(baseline);
  return metric.bad == BadDirection::kRises ? value < usual : value > usual;
}

/// The window without the metrics that moved well at `row`; empty where none.
Table WithoutGoodMoves(const Metrics& metrics, const AlignedEvidence& aligned,
                       const Table& window, int row) {
  Table table;
  bool any = false;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    std::vector<double> column = window.columns[m];
    if (MovedWell(*metrics[m], aligned.baseline.columns[m],
                  column[static_cast<std::size_t>(row)])) {
      std::fill(column.begin(), column.end(), kMissing);
      any = true;
    }
    table.columns.push_back(std::move(column));
  }
  return any ? table : Table{};
}

std::vector<Factor> FactorsOf(const Metrics& metrics,
                              const std::vector<double>& contributions) {
  std::vector<Factor> factors;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    factors.push_back({metrics[m]->name, contributions[m]});
  }
  std::stable_sort(factors.begin(), factors.end(),
                   [](const Factor& a, const Factor& b) {
                     return a.contribution > b.contribution;
                   });
  return factors;
}

AnomalyFinding Evaluate(const Metrics& metrics, const ConfirmSpec& spec,
                        std::uint64_t seed, Detectors& detectors) {
  const AlignedEvidence aligned = Align(metrics);
  AnomalyFinding finding;
  if (aligned.baseline.rows() < Detector::kMinRows) {
    finding.reason = "the baseline has too few common rows";
    return finding;
  }
  const Detector& detector =
      detectors.For(metrics, aligned, OptionsFor(spec, aligned.step, seed));
  const Table window = WithContext(aligned.baseline, aligned.window);
  const DetectorScores scores = detector.Score(window);
  const int peak = scores.peak.back();
  finding.score = scores.score.back();
  finding.statistic = scores.statistic.back();
  finding.confidence = scores.confidence.back();
  finding.factors = FactorsOf(metrics, detector.Contributions(window, peak));
  const std::array<double, kMembers>& deviations = scores.deviations.back();
  for (std::size_t m = 0; m < deviations.size(); ++m) {
    finding.members.emplace_back(kMemberNames[m], deviations[m]);
  }
  finding.members.emplace_back("isolation_forest",
                               detector.PlainScore(window, peak));
  finding.outcome = finding.score >= spec.anomaly_threshold
                        ? Judgement::kConfirmed
                        : Judgement::kNotConfirmed;
  if (finding.outcome != Judgement::kConfirmed) return finding;
  const Table harmful = WithoutGoodMoves(metrics, aligned, window, peak);
  if (harmful.columns.empty()) return finding;
  const DetectorScores again = detector.Score(harmful);
  if (again.score.back() < finding.score) {
    finding.score = again.score.back();
    finding.statistic = std::min(finding.statistic, again.statistic.back());
  }
  if (finding.score < spec.anomaly_threshold) {
    finding.outcome = Judgement::kNotConfirmed;
    finding.reason = "what is unusual has moved in the good direction";
  }
  return finding;
}

/// A metric that never moved in its baseline has no scale. Where its newest
/// values departed the bad way, the row count alone tells how rare that is:
/// p = 1 / (n + 1) for one row, squared for two in a row.
double DepartureScore(const MetricWindow& metric) {
  if (metric.bad == BadDirection::kEither) return 0;
  const std::vector<double>& baseline = metric.baseline.values;
  const double usual = Median(baseline);
  const auto present =
      std::count_if(baseline.begin(), baseline.end(),
                    [](double value) { return std::isfinite(value); });
  int departed = 0;
  const std::vector<double>& values = metric.window.values;
  for (auto it = values.rbegin(); it != values.rend() && departed < 2; ++it) {
    if (!std::isfinite(*it)) continue;
    const bool bad =
        metric.bad == BadDirection::kRises ? *it > usual : *it < usual;
    if (!bad) break;
    ++departed;
  }
  return std::min(1.0,
                  departed * std::log10(static_cast<double>(present) + 1) / 5);
}

/// Score of the metrics that were constant, as a finding of its own.
AnomalyFinding ConstantFinding(const Metrics& constant,
                               const ConfirmSpec& spec) {
  AnomalyFinding finding;
  finding.reason = "every metric was constant in its baseline";
  for (const MetricWindow* metric : constant) {
    const double score = DepartureScore(*metric);
    if (score <= finding.score) continue;
    finding.score = score;
    finding.statistic = score;
    finding.confidence = 0.5;
    finding.factors.assign(1, {metric->name, score * 10});
    finding.outcome = score >= spec.anomaly_threshold
                          ? Judgement::kConfirmed
                          : Judgement::kNotConfirmed;
    finding.reason = metric->name + " left the constant value of its baseline";
  }
  return finding;
}

/// True for a metric whose rise is bad, that was zero through its whole
/// baseline and still is: nothing of it ever happened, and nothing happens now.
/// Any other constant may be a source that hangs.
bool AtRest(const MetricWindow& metric) {
  if (metric.bad != BadDirection::kRises) return false;
  const auto zero_or_missing = [](double value) {
    return value == 0 || !std::isfinite(value);
  };
  const std::vector<double>& baseline = metric.baseline.values;
  const std::vector<double>& window = metric.window.values;
  return std::all_of(baseline.begin(), baseline.end(), zero_or_missing) &&
         std::all_of(window.begin(), window.end(), zero_or_missing);
}

/// Higher is preferred: a judged one over one that could not be.
bool Beats(const AnomalyFinding& a, const AnomalyFinding& b) {
  const bool judged_a = a.outcome != Judgement::kInconclusive;
  const bool judged_b = b.outcome != Judgement::kInconclusive;
  if (judged_a != judged_b) return judged_a;
  return a.score > b.score;
}

Metrics Varying(const Metrics& metrics, Metrics& constant) {
  Metrics varying;
  for (const MetricWindow* metric : metrics) {
    (ConstantBaseline(*metric) ? constant : varying).push_back(metric);
  }
  return varying;
}

/// The metrics that an incident is about: the others can only support it.
const Metrics& Own(const Metrics& required, const Metrics& optional) {
  return required.empty() ? optional : required;
}

/// What does not confirm has a score below the threshold.
void NotConfirmed(AnomalyFinding& finding, const ConfirmSpec& spec,
                  const char* reason) {
  finding.outcome = Judgement::kNotConfirmed;
  finding.score = std::min(finding.score, spec.anomaly_threshold / 2);
  finding.reason = reason;
}

}  // namespace

const Detector& Detectors::For(const std::vector<const MetricWindow*>& metrics,
                               const AlignedEvidence& aligned,
                               const DetectorOptions& options) {
  std::vector<std::string> names;
  for (const MetricWindow* metric : metrics) names.push_back(metric->name);
  std::unique_ptr<const Detector>& fitted = fitted_[std::move(names)];
  if (!fitted) {
    fitted = std::make_unique<const Detector>(aligned.baseline, options);
  }
  return *fitted;
}

DetectorOptions OptionsFor(const ConfirmSpec& spec, seconds step,
                           std::uint64_t seed) {
  DetectorOptions options;
  options.trees = spec.trees;
  options.sample = spec.sample;
  options.contamination = spec.contamination;
  options.seed = seed;
  options.smoothing = step >= kSmoothFrom ? kSmoothing : 1;
  options.peak_rows = kPeakRows;
  options.opening = kOpening;
  constexpr std::chrono::seconds kDay = std::chrono::hours(24);
  options.rows_per_day = step.count() > 0 ? static_cast<int>(kDay / step) : 0;
  return options;
}

AnomalyFinding FindAnomaly(const Metrics& required, const Metrics& optional,
                           bool complete, const ConfirmSpec& spec,
                           std::uint64_t seed, Detectors& detectors) {
  Metrics constant;
  const Metrics base = Varying(required, constant);
  Metrics constant_extra;
  const Metrics extra = Varying(optional, constant_extra);
  if (required.empty()) constant = constant_extra;
  AnomalyFinding best = ConstantFinding(constant, spec);
  const auto at_rest = [](const MetricWindow* metric) {
    return AtRest(*metric);
  };
  if (!required.empty() &&
      std::all_of(required.begin(), required.end(), at_rest) &&
      best.outcome == Judgement::kInconclusive) {
    best.outcome = Judgement::kNotConfirmed;
    best.confidence = 0.5;
    best.reason = "everything is at zero, now as in its baseline";
  }
  std::vector<Metrics> sets;
  if (complete && extra.size() != 1) {
    sets.push_back(base);
    sets.back().insert(sets.back().end(), extra.begin(), extra.end());
  }
  if (!extra.empty() || !complete) sets.push_back(base);
  for (const MetricWindow* metric : extra) {
    sets.push_back(base);
    sets.back().push_back(metric);
  }
  for (const Metrics& set : sets) {
    if (best.outcome == Judgement::kConfirmed) break;
    if (set.empty()) continue;
    AnomalyFinding finding = Evaluate(set, spec, seed, detectors);
    if (Beats(finding, best)) best = std::move(finding);
  }
  const Metrics& own = Own(required, optional);
  if (best.outcome == Judgement::kConfirmed &&
      std::none_of(own.begin(), own.end(), [](const MetricWindow* metric) {
        return StandsOut(*metric);
      })) {
    NotConfirmed(best, spec,
                 "none of the metrics that the rule is about stands out now");
  }
  return best;
}

}  // namespace selfheal::assess
