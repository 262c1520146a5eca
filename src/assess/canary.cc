#include "assess/canary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "assess/deviation.h"
#include "assess/robust.h"

namespace selfheal {
namespace {

using assess::BadDeviation;
using assess::kFewestValues;
using assess::kNewestPoints;
using assess::kWorseDeviations;
using assess::Median;
using assess::Newest;
using assess::Rounded;

struct Finding {
  Judgement worse = Judgement::kInconclusive;
  std::string sentence;
};

Finding Unknown(const MetricWindow& metric, const std::string& why) {
  return {Judgement::kInconclusive, metric.name + ": " + why};
}

/// The newest values of all siblings of that name; empty if one has a problem.
std::vector<double> SiblingSample(const MetricWindow& metric,
                                  std::span<const MetricWindow> siblings,
                                  std::string& problem) {
  std::vector<double> sample;
  for (const MetricWindow& sibling : siblings) {
    if (sibling.name != metric.name) continue;
    const std::vector<double> own =
        Newest(sibling.window.values, 2 * kNewestPoints);
    if (!sibling.problem.empty() || own.size() < kFewestValues) {
      problem = "a sibling is missing";
      return {};
    }
    sample.insert(sample.end(), own.begin(), own.end());
  }
  if (sample.empty()) problem = "no sibling to compare with";
  return sample;
}

/// The canary's own values before the newest: baseline, else window.
std::vector<double> OwnPast(const MetricWindow& metric) {
  std::vector<double> past =
      Newest(metric.baseline.values, metric.baseline.values.size());
  if (past.size() >= kFewestValues) return past;
  const std::vector<double>& window = metric.window.values;
  const std::size_t before =
      window.size() - std::min(window.size(), kNewestPoints);
  return Newest(
      {window.begin(), window.begin() + static_cast<std::ptrdiff_t>(before)},
      before);
}

Finding Compare(const MetricWindow& metric,
                std::span<const MetricWindow> siblings) {
  if (!metric.problem.empty()) return Unknown(metric, metric.problem);
  const std::vector<double> newest =
      Newest(metric.window.values, kNewestPoints);
  if (newest.size() < kFewestValues) {
    return Unknown(metric, "too few newest points");
  }
  if (!std::isfinite(metric.window.values.back())) {
    return Unknown(metric, "the newest point is missing");
  }
  std::string problem;
  const auto others = SiblingSample(metric, siblings, problem);
  if (!problem.empty()) return Unknown(metric, problem);
  const double now = Median(newest);
  const double from_others = BadDeviation(now, others, metric);
  const std::string away = metric.name + " " + Rounded(from_others) +
                           " deviations the bad way from its siblings";
  const std::vector<double> past = OwnPast(metric);
  // A new pod has no past of its own; then its siblings alone decide.
  const double from_past = past.size() >= kFewestValues
                               ? BadDeviation(now, past, metric)
                               : from_others;
  const bool worse =
      from_others >= kWorseDeviations && from_past >= kWorseDeviations;
  return {worse ? Judgement::kConfirmed : Judgement::kNotConfirmed,
          away + " and " + Rounded(from_past) + " from its past"};
}

}  // namespace

CanaryResult CompareCanary(std::span<const MetricWindow> canary,
                           std::span<const MetricWindow> siblings) {
  CanaryResult result;
  bool compared = false;
  std::string unknown;
  for (const MetricWindow& metric : canary) {
    const Finding finding = Compare(metric, siblings);
    result.details.push_back(finding.sentence);
    switch (finding.worse) {
      case Judgement::kConfirmed:
        if (result.worse != Judgement::kConfirmed) {
          result.worse = Judgement::kConfirmed;
          result.reason = finding.sentence;
        }
        break;
      case Judgement::kNotConfirmed:
        compared = true;
        break;
      case Judgement::kInconclusive:
        if (!metric.optional && unknown.empty()) unknown = finding.sentence;
        break;
    }
  }
  if (result.worse == Judgement::kConfirmed) return result;
  if (!unknown.empty() || !compared) {
    result.reason = unknown.empty() ? "nothing could be compared" : unknown;
    return result;
  }
  result.worse = Judgement::kNotConfirmed;
  result.reason = "no metric is worse than its siblings and its past";
  return result;
}

}  // namespace selfheal
