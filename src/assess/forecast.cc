#include "assess/forecast.h"

#include <algorithm>
#include <array>
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
/// Steps until the median of three follows.
constexpr int kFilterDelay = 1;
/// An arrival is named at most this many horizons ahead.
constexpr int kFarthest = 8;

/// Logistic regression on the standardised inputs, their hinges and products.
double StackProbability(const ForecastFeatures& features) {
  std::array<double, kStackInputs> z{};
  const double* weight = kStackWeights.data();
  double sum = *weight++;
  for (std::size_t i = 0; i < z.size(); ++i) {
    z[i] = (features.values[i] - kStackMean[i]) / kStackScale[i];
    sum += *weight++ * z[i];
  }
  for (std::size_t k = 0; k < kStackKnots; ++k) {
    for (std::size_t i = 0; i < z.size(); ++i) {
      sum +=
          *weight++ * std::max(0.0, z[i] - kStackHinges[i * kStackKnots + k]);
    }
  }
  for (std::size_t i = 0; i < z.size(); ++i) {
    for (std::size_t j = i; j < z.size(); ++j) sum += *weight++ * z[i] * z[j];
  }
  return 1 / (1 + std::exp(-sum));
}

/// The horizons, in steps, that the stack was trained on.
constexpr int kShortestHorizon = 5;
constexpr int kLongestHorizon = 30;

/// The local trend's own word, for every other horizon. What it says without a
/// significant slope is a guess, never more than even.
double TrendProbability(const ForecastFeatures& features, double threshold,
                        int horizon) {
  const Outlook at = features.model.At(horizon);
  const double deviations = (at.mean - threshold) / at.deviation;
  if (!std::isfinite(deviations)) return 0;
  const double probability = 0.5 * std::erfc(-deviations / std::sqrt(2.0));
  const Outlook& trend = features.trend;
  const bool significant =
      trend.slope > kSignificant * trend.slope_error && trend.slope > 0;
  return significant ? probability : std::min(probability, 0.5);
}

double ProbabilityOf(const ForecastFeatures& features, double threshold,
                     int horizon) {
  if (features.reached) return 1;
  return horizon >= kShortestHorizon && horizon <= kLongestHorizon
             ? StackProbability(features)
             : TrendProbability(features, threshold, horizon);
}
static_assert(kStackInputs == kForecastFeatureNames.size());
static_assert(kStackWeights.size() ==
              1 + kStackInputs * (1 + kStackKnots) +
                  kStackInputs * (kStackInputs + 1) / 2);

/// First step at which the line through `level` that climbs by `slope` with
/// `shift` deviations on top is past the threshold.
double FirstReach(const LocalTrend& model, double threshold, double shift,
                  int farthest) {
  for (int h = 1; h <= farthest; ++h) {
    const Outlook at = model.At(h);
    if (at.mean + shift * at.deviation >= threshold) {
      return std::min(h + kFilterDelay, farthest);
    }
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
  out.eta_low = step * std::min(eta, FirstReach(features.model, threshold,
                                                kEighty, farthest));
  out.eta_high = step * std::max(eta, FirstReach(features.model, threshold,
                                                 -kEighty, farthest));
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
  const std::vector<double> raw = Flipped(input.window, input.above);
  const ForecastFeatures now =
      FeaturesAt(raw, window, facts, threshold, horizon);
  const std::size_t earlier_size = window.size() - 1;
  const ForecastFeatures before = FeaturesAt(
      std::span(raw).first(earlier_size), std::span(window).first(earlier_size),
      facts, threshold, horizon);
  out.probability = ProbabilityOf(now, threshold, horizon);
  const double earlier = ProbabilityOf(before, threshold, horizon);
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
    out.reason = now.reached ? "the threshold is reached already"
                             : "the threshold is likely to be reached in time";
  }
  return out;
}

}  // namespace selfheal::assess
