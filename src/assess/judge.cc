#include "assess/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "assess/align.h"
#include "assess/anomaly.h"
#include "assess/causes.h"
#include "assess/forecast.h"
#include "assess/sentence.h"
#include "assess/together.h"

namespace selfheal {
namespace {

using assess::AnomalyFinding;
using Metrics = std::vector<const MetricWindow*>;

/// The metrics in the order of their names: the order of the columns must not
/// matter.
Metrics ByName(const EvidenceWindow& window) {
  Metrics metrics;
  for (const MetricWindow& metric : window.metrics) metrics.push_back(&metric);
  std::stable_sort(metrics.begin(), metrics.end(),
                   [](const MetricWindow* a, const MetricWindow* b) {
                     return a->name < b->name;
                   });
  return metrics;
}

struct Usable {
  Metrics required, optional;
  bool complete = true;               ///< No optional one was left out.
  std::vector<std::string> problems;  ///< Of required ones.
  std::vector<std::string> left_out;  ///< Of optional ones.
};

Usable Sort(const EvidenceWindow& window, const ConfirmSpec& spec) {
  Usable usable;
  const Time newest = assess::NewestEnd(window.metrics, window.at);
  const assess::GridNeeds needs{.min_baseline = spec.min_baseline};
  for (const MetricWindow* metric : ByName(window)) {
    const std::string problem = assess::GridProblem(*metric, newest, needs);
    if (problem.empty()) {
      (metric->optional ? usable.optional : usable.required).push_back(metric);
    } else if (metric->optional) {
      usable.complete = false;
      usable.left_out.push_back(metric->name + " is left out: " + problem);
    } else {
      usable.problems.push_back(metric->name + ": " + problem);
    }
  }
  return usable;
}

std::optional<seconds> Seconds(const std::optional<double>& value) {
  if (!value) return std::nullopt;
  return seconds{static_cast<long long>(std::llround(*value))};
}

/// What the baseline never passed on the bad side: its furthest median of
/// three. Empty where it has fewer than `rows` of them.
std::optional<double> PassedNever(const MetricWindow& metric, int rows) {
  std::vector<double> values;
  for (const double value : metric.baseline.values) {
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.size() < static_cast<std::size_t>(std::max(rows, 3))) {
    return std::nullopt;
  }
  const bool falls = metric.bad == BadDirection::kFalls;
  std::optional<double> furthest;
  for (std::size_t i = 2; i < values.size(); ++i) {
    const double a = values[i - 2], b = values[i - 1], c = values[i];
    const double middle = std::max(std::min(a, b), std::min(std::max(a, b), c));
    if (!furthest || (falls ? middle < *furthest : middle > *furthest)) {
      furthest = middle;
    }
  }
  return furthest;
}

Forecast ForecastOf(const MetricWindow& metric, const ConfirmSpec& spec) {
  Forecast forecast;
  forecast.component = metric.name;
  if (!metric.problem.empty()) {
    forecast.reason = metric.name + ": " + metric.problem;
    return forecast;
  }
  const bool history = spec.reaches == ConfirmSpec::Reaches::kHistory;
  const std::optional<double> limit =
      history ? PassedNever(metric, spec.min_baseline) : metric.limit;
  if (!limit || !std::isfinite(*limit)) {
    forecast.reason = metric.name + (history ? ": its history is too short"
                                             : ": its limit is not known");
    return forecast;
  }
  assess::ForecastInput input{.history = metric.baseline.values,
                              .window = metric.window.values,
                              .threshold = *limit,
                              .above = metric.bad != BadDirection::kFalls,
                              .step = metric.window.step,
                              .history_step = metric.baseline.step,
                              .horizon = spec.horizon};
  if (!metric.baseline.values.empty() && !metric.window.values.empty()) {
    input.gap = std::chrono::duration_cast<seconds>(metric.window.start -
                                                    metric.baseline.End());
  }
  const assess::MetricForecast found = assess::ForecastMetric(
      input,
      {.probability = spec.forecast_probability, .level = spec.level_gate});
  forecast.outcome = found.outcome;
  forecast.probability = found.probability;
  forecast.eta = Seconds(found.eta);
  forecast.eta_low = Seconds(found.eta_low);
  forecast.eta_high = Seconds(found.eta_high);
  forecast.reason = metric.name + ": " + found.reason +
                    (history ? " (what its history never passed)" : "");
  return forecast;
}

std::optional<Forecast> FindForecast(const EvidenceWindow& window,
                                     const ConfirmSpec& spec) {
  if (spec.forecast_of.empty()) return std::nullopt;
  for (const MetricWindow& metric : window.metrics) {
    if (metric.name == spec.forecast_of) return ForecastOf(metric, spec);
  }
  Forecast missing;
  missing.component = spec.forecast_of;
  missing.reason = spec.forecast_of + ": no such evidence";
  return missing;
}

Judgement Combine(Judgement anomaly, Judgement forecast,
                  ConfirmSpec::Need need) {
  const auto decides = need == ConfirmSpec::Need::kAny
                           ? Judgement::kConfirmed
                           : Judgement::kNotConfirmed;
  if (anomaly == decides || forecast == decides) return decides;
  if (anomaly == Judgement::kInconclusive ||
      forecast == Judgement::kInconclusive) {
    return Judgement::kInconclusive;
  }
  return anomaly;  // Both are the value that does not decide.
}

/// What a confirmed trouble comes from, as far as a step asks for it.
void AddCauses(const EvidenceWindow& window, const ConfirmSpec& spec,
               Assessment& out) {
  Causes causes = FindCauses(window, spec.causes);
  for (const CauseFinding& finding : causes.holding) {
    out.reasons.push_back(std::string(CauseName(finding.cause)) + ": " +
                          finding.reason);
  }
  out.reasons.insert(out.reasons.end(), causes.others.begin(),
                     causes.others.end());
  out.causes = std::move(causes.holding);
}

/// Takes over what the anomaly half found.
void Adopt(AnomalyFinding finding, Assessment& out) {
  out.score = finding.score;
  out.statistic = finding.statistic;
  out.confidence = finding.confidence;
  out.factors = std::move(finding.factors);
  out.members = std::move(finding.members);
}

/// What of it was known at `at`.
EvidenceWindow KnownAt(const EvidenceWindow& window, Time at) {
  EvidenceWindow known = window;
  for (MetricWindow& metric : known.metrics) {
    SampleGrid& grid = metric.window;
    const auto points = at < grid.start ? 0 : (at - grid.start) / grid.step + 1;
    grid.values.resize(
        std::min(grid.values.size(), static_cast<std::size_t>(points)));
  }
  known.at = at;
  return known;
}

/// The grid with the most points.
const SampleGrid* Longest(const EvidenceWindow& window) {
  const SampleGrid* longest = nullptr;
  for (const MetricWindow& metric : window.metrics) {
    if (!longest || metric.window.values.size() > longest->values.size()) {
      longest = &metric.window;
    }
  }
  return longest;
}

}  // namespace

std::vector<double> ScoreLine(const EvidenceWindow& window,
                              const ConfirmSpec& spec, std::uint64_t seed) {
  std::vector<double> line;
  const SampleGrid* grid = Longest(window);
  if (grid == nullptr || !window.problems.empty()) return line;
  assess::Detectors detectors;
  for (std::size_t i = 0; i < grid->values.size(); ++i) {
    const EvidenceWindow known =
        KnownAt(window, grid->start + grid->step * static_cast<long long>(i));
    const Usable usable = Sort(known, spec);
    AnomalyFinding found;
    if (usable.problems.empty() &&
        !(usable.required.empty() && usable.optional.empty())) {
      found = assess::FindAnomaly(usable.required, usable.optional,
                                  usable.complete, spec, seed, detectors);
    }
    line.push_back(found.outcome == Judgement::kInconclusive
                       ? std::numeric_limits<double>::quiet_NaN()
                       : found.score);
  }
  return line;
}

Assessment Judge(const EvidenceWindow& window, const ConfirmSpec& spec,
                 std::uint64_t seed) {
  Assessment out;
  out.seed = seed;
  out.judge_version = kJudgeVersion;
  Usable usable = Sort(window, spec);
  out.reasons = window.problems;
  out.reasons.insert(out.reasons.end(), usable.problems.begin(),
                     usable.problems.end());
  if (usable.required.empty() && usable.optional.empty()) {
    out.reasons.emplace_back("there is no metric to judge");
  }
  if (!out.reasons.empty()) return out;

  assess::Detectors detectors;
  AnomalyFinding anomaly = assess::FindAnomaly(
      usable.required, usable.optional, usable.complete, spec, seed, detectors);
  out.forecast = FindForecast(window, spec);
  out.outcome = out.forecast
                    ? Combine(anomaly.outcome, out.forecast->outcome, spec.need)
                    : anomaly.outcome;
  const std::string why = anomaly.reason;
  const bool unjudged = anomaly.outcome == Judgement::kInconclusive;
  Adopt(std::move(anomaly), out);
  if (!unjudged) out.reasons.push_back(assess::Sentence(window, out));
  if (!why.empty()) out.reasons.push_back(why);
  if (out.forecast) out.reasons.push_back(out.forecast->reason);
  out.reasons.insert(out.reasons.end(), usable.left_out.begin(),
                     usable.left_out.end());
  Metrics measured = usable.required;
  measured.insert(measured.end(), usable.optional.begin(),
                  usable.optional.end());
  assess::BearOut(measured, spec.together_with, spec.anomaly_threshold, out);
  if (out.outcome == Judgement::kConfirmed) AddCauses(window, spec, out);
  return out;
}

}  // namespace selfheal
