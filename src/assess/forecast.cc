#include "assess/forecast.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "assess/forecast_features.h"
#include "assess/forecast_model.h"

namespace selfheal::assess {
namespace {

/// More missing than this, and a trend is guesswork.
constexpr double kMaxMissing = 0.5;
/// A slope counts from this many of its standard errors on.
constexpr double kSignificant = 2;
/// Of the standard normal: the middle 80 %.
constexpr double kEighty = 1.2816;
/// An arrival is named at most this many horizons ahead.
constexpr int kFarthest = 8;

double StackProbability(const ForecastFeatures& features) {
  double sum = kForecastWeights[0];
  for (std::size_t i = 0; i < features.values.size(); ++i) {
    sum += kForecastWeights[i + 1] * features.values[i];
  }
  return 1 / (1 + std::exp(-sum));
}

/// First step at which the line through `level` that climbs by `slope` with
/// `shift` deviations on top is past the threshold.
double FirstReach(const LocalTrend& model, double threshold, double shift,
                  int farthest) {
  for (int h = 1; h <= farthest; ++h) {
    const Outlook at = model.At(h);
    const double noise =
        std::sqrt(std::max(0.0, at.deviation * at.deviation - model.noise));
    if (at.mean + shift * noise >= threshold) return h;
  }
  return farthest;
}

void TellTime(const ForecastFeatures& features, double threshold, int horizon,
              double step, MetricForecast& out) {
  if (features.reached) {
    out.eta = out.eta_low = out.eta_high = 0;
    return;
  }
  if (out.probability < 0.5 || !out.rising) return;
  const int farthest = kFarthest * horizon;
  const double eta = FirstReach(features.model, threshold, 0, farthest);
  out.eta = step * eta;
  out.eta_low =
      step * std::min(eta, FirstReach(features.model, threshold, kEighty,
                                      farthest));
  out.eta_high =
      step * std::max(eta, FirstReach(features.model, threshold, -kEighty,
                                      farthest));
}

/// Whether the level has come far enough to believe a forecast.
bool PastGate(std::span<const double> window, double threshold,
              const ForecastInput& input, double gate) {
  const double now = window.back();
  if (input.above && input.threshold > 0) return now >= gate * threshold;
  double lowest = now;
  for (const double value : window) lowest = value < lowest ? value : lowest;
  if (!(threshold > lowest)) return true;
  return (now - lowest) / (threshold - lowest) >= gate;
}

std::string Unusable(const ForecastInput& input) {
  const auto present = std::count_if(input.window.begin(), input.window.end(),
                                     [](double v) { return std::isfinite(v); });
  const auto size = static_cast<double>(input.window.size());
  if (present < kMinForecastPoints) {
    return "only " + std::to_string(present) + " points, " +
           std::to_string(kMinForecastPoints) + " are needed";
  }
  if (static_cast<double>(present) < (1 - kMaxMissing) * size) {
    return "more than half of the window is missing";
  }
  if (!std::isfinite(input.window.back())) return "the newest point is missing";
  if (!std::isfinite(input.threshold)) return "no finite threshold";
  if (input.step.count() <= 0 || input.horizon < input.step) {
    return "the horizon is shorter than one step";
  }
  return "";
}

}  // namespace

MetricForecast ForecastMetric(const ForecastInput& input,
                              const ForecastGates& gates) {
  MetricForecast out;
  out.reason = Unusable(input);
  if (!out.reason.empty()) return out;
  const double sign = input.above ? 1 : -1;
  const double threshold = sign * input.threshold;
  const int horizon = static_cast<int>(input.horizon / input.step);
  const std::vector<double> window = Filtered(input.window, input.above);
  const HistoryFacts facts =
      FactsOf(Filtered(input.history, input.above), input, threshold);
  const ForecastFeatures now = FeaturesAt(window, facts, threshold, horizon);
  const ForecastFeatures before = FeaturesAt(
      std::span(window).first(window.size() - 1), facts, threshold, horizon);
  out.probability = StackProbability(now);
  if (now.reached) out.probability = std::max(out.probability, 0.99);
  const double earlier =
      before.reached ? 1 : StackProbability(before);
  out.level = sign * now.trend.level;
  out.per_step = sign * now.trend.slope;
  out.rising = now.trend.slope > kSignificant * now.trend.slope_error &&
               now.trend.slope > 0;
  TellTime(now, threshold, horizon, static_cast<double>(input.step.count()),
           out);
  out.outcome = Judgement::kNotConfirmed;
  if (out.probability < gates.probability) {
    out.reason = "the threshold is not likely to be reached in time";
  } else if (!PastGate(window, threshold, input, gates.level)) {
    out.reason = "likely, but the level is still too far from the threshold";
  } else if (earlier < gates.probability) {
    out.reason = "likely, but not yet at the step before";
  } else {
    out.outcome = Judgement::kConfirmed;
    out.reason = "the threshold is likely to be reached in time";
  }
  return out;
}

}  // namespace selfheal::assess
