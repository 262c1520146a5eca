#include "assess/sentence.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "assess/robust.h"
#include "assess/together.h"
#include "assess/trend.h"
#include "core/quantity.h"

namespace selfheal::assess {
namespace {

/// Contributions below this are not worth a word.
constexpr double kMention = 2;
constexpr std::size_t kMostMetrics = 3;
constexpr std::size_t kMostReasons = 3;
/// A slope is named from this many of its standard errors on.
constexpr double kSignificant = 3;
constexpr int kTrendPoints = 20;
/// Further out the number says nothing more.
constexpr double kMostDeviations = 50;

const MetricWindow* Find(const EvidenceWindow& window,
                         const std::string& name) {
  for (const MetricWindow& metric : window.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::vector<std::string> Words(const std::string& text, char separator) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == separator) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

bool IsPercentile(const std::string& word) {
  return word.size() > 1 && word[0] == 'p' &&
         word.find_first_not_of("0123456789", 1) == std::string::npos;
}

/// "latency_p99_ms" in ms -> "p99 latency": what people call a metric.
std::string Title(const MetricWindow& metric) {
  std::vector<std::string> words = Words(metric.name, '_');
  const std::vector<std::string> unit = Words(metric.unit, ' ');
  if (words.size() > unit.size() &&
      std::equal(unit.rbegin(), unit.rend(), words.rbegin())) {
    words.resize(words.size() - unit.size());
  }
  if (IsPercentile(words.back())) {
    std::rotate(words.begin(), words.end() - 1, words.end());
  }
  std::string title;
  for (const std::string& word : words) {
    title += (title.empty() ? "" : " ") + (word == "cpu" ? "CPU" : word);
  }
  return title;
}

std::optional<double> LastValue(const std::vector<double>& values) {
  const auto last = std::find_if(values.rbegin(), values.rend(),
                                 [](double v) { return std::isfinite(v); });
  if (last == values.rend()) return std::nullopt;
  return *last;
}

/// "its last 3 days": as far as the baseline has values.
std::string Past(const MetricWindow& metric) {
  const auto& values = metric.baseline.values;
  const auto first = std::find_if(values.begin(), values.end(),
                                  [](double v) { return std::isfinite(v); });
  return "its last " + Span(static_cast<double>(metric.baseline.step.count()) *
                            static_cast<double>(values.end() - first));
}

/// How far the newest value is from the baseline, in the judge's scale.
std::string Deviation(const MetricWindow& metric) {
  // "restarts at 3 restarts" says it twice.
  const std::string unit = metric.unit == metric.name ? "" : metric.unit;
  const std::optional<double> now = LastValue(metric.window.values);
  if (!now) return "without a recent value";
  std::vector<double> values = metric.baseline.values;
  double last = *now;
  if (metric.log_transform) {
    last = std::log1p(last);
    for (double& value : values) value = std::log1p(value);
  }
  const Robust usual = RobustOf(values);
  if (!(usual.scale > 0)) {
    return "at " + Quantity(*now, unit) + ", constant at " +
           Quantity(Median(metric.baseline.values), unit) + " over " +
           Past(metric);
  }
  const double z = usual.Z(last);
  if (std::abs(z) < 1) return "back inside " + Past(metric);
  const double size = std::abs(z);
  return (size > kMostDeviations
              ? "more than " + Number(kMostDeviations)
              : Number(size < 10 ? std::round(size * 10) / 10 : size)) +
         " robust deviations " + (z > 0 ? "above " : "below ") + Past(metric);
}

/// "rising 14 MiB a minute", or "" where no slope is significant and as large
/// as a robust deviation over its points.
std::string Movement(const MetricWindow& metric) {
  const auto& values = metric.window.values;
  if (values.size() < 10) return "";
  const Outlook trend = LeastSquares(values, kTrendPoints, 1);
  const double usual = RobustOf(metric.baseline.values).scale;
  if (std::abs(trend.slope) < kSignificant * trend.slope_error ||
      std::abs(trend.slope) * kTrendPoints < usual || trend.slope == 0) {
    return "";
  }
  const double a_minute =
      trend.slope * 60 / static_cast<double>(metric.window.step.count());
  // Percent of what is measured in percent would be taken for a share of it.
  const std::string unit =
      metric.unit == "percent" ? "percentage points" : metric.unit;
  return (a_minute > 0 ? "rising " : "falling ") +
         Quantity(std::abs(a_minute), unit) + " a minute";
}

/// "12 min (9-16)", below two minutes in seconds.
std::string Interval(const Forecast& forecast) {
  const bool short_time = forecast.eta_high->count() < 120;
  const auto number = [short_time](seconds time) {
    const auto count = static_cast<double>(time.count());
    return Number(short_time ? count : std::round(count / 60));
  };
  const std::string eta = number(*forecast.eta);
  return (eta == "0" ? "less than 1" : eta) + (short_time ? " s (" : " min (") +
         number(*forecast.eta_low) + "-" + number(*forecast.eta_high) + ")";
}

/// What the forecast says of its metric; "" where it says nothing.
std::string Arrival(const Forecast& forecast) {
  if (forecast.eta && forecast.eta->count() == 0) return "is past its limit";
  if (forecast.eta) return "reaches its limit in " + Interval(forecast);
  if (forecast.outcome == Judgement::kInconclusive) return "";
  const double percent = std::round(100 * forecast.probability);
  return (percent < 50 ? "is not expected to reach its limit (probability "
                       : "may reach its limit (probability ") +
         Number(percent) + " %)";
}

/// Moved the way that its rule calls good: no reason for an incident.
bool MovedWell(const MetricWindow& metric) {
  if (metric.bad == BadDirection::kEither) return false;
  const double now = LastValue(metric.window.values).value_or(0);
  const double usual = Median(metric.baseline.values);
  return metric.bad == BadDirection::kRises ? now < usual : now > usual;
}

/// The metrics worth a word, those that moved the bad way first.
std::vector<const MetricWindow*> Notable(const EvidenceWindow& window,
                                         const Assessment& assessment) {
  std::vector<const MetricWindow*> notable;
  for (const Factor& factor : assessment.factors) {
    if (factor.contribution < kMention) break;
    const MetricWindow* metric = Find(window, factor.metric);
    if (metric != nullptr) notable.push_back(metric);
  }
  std::stable_partition(
      notable.begin(), notable.end(),
      [](const MetricWindow* metric) { return !MovedWell(*metric); });
  if (notable.size() > kMostMetrics) notable.resize(kMostMetrics);
  return notable;
}

/// Why nothing can be said.
std::string Excuse(const std::vector<std::string>& reasons) {
  std::string text = "cannot be judged";
  const std::size_t count = std::min(reasons.size(), kMostReasons);
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? ": " : "; ") + reasons[i];
  }
  if (count < reasons.size()) {
    text += "; and " + std::to_string(reasons.size() - count) + " more";
  }
  return text;
}

/// What stands out, and what the forecast says.
std::string Found(const EvidenceWindow& window, const Assessment& assessment) {
  const auto notable = Notable(window, assessment);
  std::string text;
  for (const MetricWindow* metric : notable) {
    const std::string movement = Movement(*metric);
    text += (text.empty() ? "" : "; ") + Title(*metric) + " " +
            Deviation(*metric) + (movement.empty() ? "" : " and " + movement);
  }
  if (text.empty()) text = "no metric stands out from its baseline";
  if (!assessment.forecast) return text;
  std::string arrival = Arrival(*assessment.forecast);
  const MetricWindow* metric = Find(window, assessment.forecast->component);
  if (arrival.empty() || metric == nullptr) return text;
  if (notable.size() != 1 || notable.front() != metric) {
    return text + "; " + Title(*metric) + " " + arrival;
  }
  if (arrival.starts_with("is ")) arrival.erase(0, 3);
  return text + "; " + arrival;
}

}  // namespace

std::string Sentence(const EvidenceWindow& window,
                     const Assessment& assessment) {
  const std::vector<std::string>& reasons = assessment.reasons;
  if (assessment.outcome == Judgement::kInconclusive && !reasons.empty()) {
    return Excuse(reasons);
  }
  const std::string found = Found(window, assessment);
  const bool alone =
      !reasons.empty() && reasons.front().starts_with(kNothingShows);
  return alone ? reasons.front() + "; " + found : found;
}

}  // namespace selfheal::assess
