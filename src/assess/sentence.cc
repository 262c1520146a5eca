#include "assess/sentence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "assess/robust.h"
#include "assess/trend.h"
#include "core/quantity.h"

namespace selfheal::assess {
namespace {

/// Contributions below this are not worth a word.
constexpr double kMention = 2;
constexpr std::size_t kMostMetrics = 3;
/// A slope is named from this many of its standard errors on.
constexpr double kSignificant = 3;

std::string Decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

const MetricWindow* Find(const EvidenceWindow& window,
                         const std::string& name) {
  for (const MetricWindow& metric : window.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

double LastValue(const std::vector<double>& values) {
  for (auto it = values.rbegin(); it != values.rend(); ++it) {
    if (std::isfinite(*it)) return *it;
  }
  return 0;
}

std::string Deviation(const MetricWindow& metric) {
  const Robust usual = RobustOf(metric.baseline.values);
  const double now = LastValue(metric.window.values);
  const double length = static_cast<double>(metric.baseline.step.count()) *
                        static_cast<double>(metric.baseline.values.size());
  if (!(usual.scale > 0)) {
    return metric.name + " at " + Quantity(now, metric.unit) +
           ", constant at " + Quantity(usual.center, metric.unit) +
           " over its last " + Span(length);
  }
  const double z = usual.Z(now);
  if (std::abs(z) < 1) {
    return metric.name + " is back near the middle of its last " + Span(length);
  }
  return metric.name + " " + Decimal(std::abs(z)) + " robust deviations " +
         (z > 0 ? "above" : "below") + " its last " + Span(length);
}

std::string Slope(const MetricWindow& metric) {
  const auto& values = metric.window.values;
  if (values.size() < 10) return "";
  const Outlook trend = LeastSquares(values, 20, 1);
  if (std::abs(trend.slope) < kSignificant * trend.slope_error ||
      trend.slope == 0) {
    return "";
  }
  const double a_minute =
      trend.slope * 60 / static_cast<double>(metric.window.step.count());
  return std::string(" and ") + (a_minute > 0 ? "rising " : "falling ") +
         Quantity(std::abs(a_minute), metric.unit) + " a minute";
}

std::string Arrival(const Forecast& forecast) {
  if (!forecast.eta) {
    if (forecast.outcome == Judgement::kInconclusive) return "";
    return "; " + forecast.component + " reaches its limit with probability " +
           Decimal(100 * forecast.probability) + " %";
  }
  if (forecast.eta->count() == 0) {
    return "; " + forecast.component + " is past its limit";
  }
  const auto minutes = [](seconds s) {
    return Number(std::round(static_cast<double>(s.count()) / 60));
  };
  return "; " + forecast.component + " reaches its limit in " +
         minutes(*forecast.eta) + " min (" + minutes(*forecast.eta_low) + "-" +
         minutes(*forecast.eta_high) + ")";
}

}  // namespace

std::string Sentence(const EvidenceWindow& window,
                     const Assessment& assessment) {
  std::string text;
  std::size_t named = 0;
  for (const Factor& factor : assessment.factors) {
    if (named == kMostMetrics || factor.contribution < kMention) break;
    const MetricWindow* metric = Find(window, factor.metric);
    if (metric == nullptr) continue;
    text += (named == 0 ? "" : "; ") + Deviation(*metric) + Slope(*metric);
    ++named;
  }
  if (text.empty()) text = "no metric stands out from its baseline";
  if (assessment.forecast) text += Arrival(*assessment.forecast);
  return text;
}

}  // namespace selfheal::assess
