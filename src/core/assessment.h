#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cause.h"
#include "core/clock.h"

namespace selfheal {

/// Three-valued: what was not measured is never "good".
enum class Judgement { kConfirmed, kNotConfirmed, kInconclusive };

/// "confirmed", "not_confirmed", "inconclusive".
std::string_view JudgementName(Judgement judgement);

/// How much one metric contributed to the anomaly score, in robust deviations.
struct Factor {
  std::string metric;
  double contribution = 0;
};

/// Whether and when one metric reaches its threshold.
struct Forecast {
  Judgement outcome = Judgement::kInconclusive;
  std::string component;   ///< The metric's name.
  double probability = 0;  ///< Of reaching it within the horizon, in [0, 1].
  /// Set together, low <= eta <= high, or all empty (no significant trend).
  std::optional<seconds> eta;
  std::optional<seconds> eta_low;
  std::optional<seconds> eta_high;
  std::string reason;
};

/// How an EvidenceWindow is to be judged; from the configuration and the rule.
struct ConfirmSpec {
  double anomaly_threshold = 0.7;
  /// The metric whose forecast counts; empty = anomaly score alone.
  std::string forecast_of;
  /// What it is to reach: its limit, or what its own baseline never passed.
  enum class Reaches { kLimit, kHistory } reaches = Reaches::kLimit;
  std::chrono::seconds horizon{900};
  double forecast_probability = 0.7;
  /// Share of its limit that the metric must have passed for a forecast to
  /// confirm (the level gate).
  double level_gate = 0.5;
  enum class Need { kAny, kAll } need = Need::kAny;
  int trees = 100;
  int sample = 256;
  double contamination = 0.1;
  int min_baseline = 60;  ///< Rows.
  /// Metrics of which one has to be bad, too: what else shows that it is felt.
  std::vector<std::string> together_with = {};
  /// Which causes of a confirmed trouble are to be decided, too.
  std::vector<Cause> causes = {};
};

/// The judge's answer for one EvidenceWindow.
struct Assessment {
  Judgement outcome = Judgement::kInconclusive;
  double score = 0;       ///< Calibrated, [0, 1]; 0.6 is p 1e-3, 0.8 is 1e-4.
  double statistic = 0;   ///< Fused value before calibration and clipping.
  double confidence = 0;  ///< [0, 1]; never derived from the score.
  std::vector<Factor> factors;  ///< Largest first.
  std::optional<Forecast> forecast;
  /// Members of the fusion with their own scores, for display.
  std::vector<std::pair<std::string, double>> members;
  std::vector<std::string> reasons;       ///< Sentences, most important first.
  std::vector<CauseFinding> causes = {};  ///< Those that hold.
  std::uint64_t seed = 0;
  std::string judge_version;
};

/// The names of the fields in which two assessments are not the same to the
/// bit. Values that are not finite have one stored form and count as equal.
std::vector<std::string> Differences(const Assessment& a, const Assessment& b);

}  // namespace selfheal
