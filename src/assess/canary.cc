#include "assess/canary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

#include "assess/robust.h"

namespace selfheal {
namespace {

using assess::Median;
using assess::Robust;

/// The canary is its median over this many last points.
constexpr std::size_t kNewest = 5;
constexpr std::size_t kFewest = 3;
/// Robust deviations from siblings and past that make it worse.
constexpr double kWorse = 4;
/// A scale is at least this share of its centre: nobody acts on 1 %.
constexpr double kLeastShare = 0.05;

struct Finding {
  Judgement worse = Judgement::kInconclusive;
  std::string sentence;
};

std::vector<double> Newest(const std::vector<double>& values,
                           std::size_t count) {
  const std::size_t first = values.size() - std::min(values.size(), count);
  std::vector<double> out;
  for (std::size_t i = first; i < values.size(); ++i) {
    if (std::isfinite(values[i])) out.push_back(values[i]);
  }
  return out;
}

/// Deviation of `now` from `sample`, positive where it is the bad way.
double BadDeviation(double now, const std::vector<double>& sample,
                    BadDirection bad) {
  Robust usual = assess::RobustOf(sample);
  usual.scale =
      std::max({usual.scale, kLeastShare * std::abs(usual.center), 1e-9});
  const double z = usual.Z(now);
  switch (bad) {
    case BadDirection::kRises:
      return z;
    case BadDirection::kFalls:
      return -z;
    case BadDirection::kEither:
      return std::abs(z);
  }
  return std::abs(z);
}

std::string Rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

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
    const std::vector<double> own = Newest(sibling.window.values, 2 * kNewest);
    if (!sibling.problem.empty() || own.size() < kFewest) {
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
  if (past.size() >= kFewest) return past;
  const std::vector<double>& window = metric.window.values;
  const std::size_t before = window.size() - std::min(window.size(), kNewest);
  return Newest(
      {window.begin(), window.begin() + static_cast<std::ptrdiff_t>(before)},
      before);
}

Finding Compare(const MetricWindow& metric,
                std::span<const MetricWindow> siblings) {
  if (!metric.problem.empty()) return Unknown(metric, metric.problem);
  const std::vector<double> newest = Newest(metric.window.values, kNewest);
  if (newest.size() < kFewest) return Unknown(metric, "too few newest points");
  if (!std::isfinite(metric.window.values.back())) {
    return Unknown(metric, "the newest point is missing");
  }
  std::string problem;
  const auto others = SiblingSample(metric, siblings, problem);
  if (!problem.empty()) return Unknown(metric, problem);
  const double now = Median(newest);
  const double from_others = BadDeviation(now, others, metric.bad);
  const std::string away = metric.name + " " + Rounded(from_others) +
                           " deviations the bad way from its siblings";
  const std::vector<double> past = OwnPast(metric);
  // A new pod has no past of its own; then its siblings alone decide.
  const double from_past = past.size() >= kFewest
                               ? BadDeviation(now, past, metric.bad)
                               : from_others;
  const bool worse = from_others >= kWorse && from_past >= kWorse;
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
