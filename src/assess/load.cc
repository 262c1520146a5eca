#include "assess/load.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assess/deviation.h"
#include "assess/robust.h"
#include "core/quantity.h"

namespace selfheal::assess {
namespace {

/// The most that is usual: this share of the baseline lies below it.
constexpr double kUsualShare = 0.99;
constexpr std::size_t kFewestPast = 30;
/// More than usual is more by this factor.
constexpr double kRisen = 1.2;

LoadView Untold(std::string why) {
  return {Judgement::kInconclusive,
          std::string(kLoadMetric) + " " + std::move(why)};
}

}  // namespace

LoadView LoadOf(const EvidenceWindow& evidence) {
  const auto rate = std::find_if(
      evidence.metrics.begin(), evidence.metrics.end(),
      [](const MetricWindow& metric) { return metric.name == kLoadMetric; });
  if (rate == evidence.metrics.end()) return Untold("is not asked for");
  if (!rate->problem.empty()) return Untold("has a problem: " + rate->problem);
  const auto newest = Newest(rate->window.values, kNewestPoints);
  if (newest.size() < kFewestValues ||
      !std::isfinite(rate->window.values.back())) {
    return Untold("has too few newest points");
  }
  auto past = Newest(rate->baseline.values, rate->baseline.values.size());
  if (past.size() < kFewestPast) return Untold("has too short a past");
  std::sort(past.begin(), past.end());
  const double usual = SortedQuantile(past, kUsualShare);
  const double now = Median(newest);
  const std::string sentence =
      "the request rate is " + Quantity(now, rate->unit) + " where " +
      Quantity(usual, rate->unit) + " is the most that is usual";
  if (now <= usual) return {Judgement::kNotConfirmed, sentence};
  if (now >= kRisen * usual) return {Judgement::kConfirmed, sentence};
  return {Judgement::kInconclusive, sentence + ": hardly more"};
}

}  // namespace selfheal::assess
