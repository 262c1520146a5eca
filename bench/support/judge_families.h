#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace selfheal::bench {

/// Shapes of a metric that the forecast is trained and measured on.
enum class Family {
  kLinearLeak,
  kExponentialLeak,
  kSawtooth,
  kSawtoothLeak,
  kMeanReverting,
  kLevelShift,
  kDiurnal,
  kRestartLeak,
  kBursts,
  kSaturating,
  kSteady,
  kRampSteps,
};
inline constexpr std::array<std::string_view, 12> kFamilyNames = {
    "linear_leak",    "exponential_leak", "sawtooth", "sawtooth_leak",
    "mean_reverting", "level_shift",      "diurnal",  "restart_leak",
    "bursts",         "saturating",       "steady",   "ramp_steps"};

/// One minute a step.
struct ForecastCase {
  Family family = Family::kSteady;
  std::vector<double> history;  ///< Ends one step before the window.
  std::vector<double> window;
  double threshold = 0;
  bool above = true;
  int horizon = 15;
  bool reached = false;  ///< Within the horizon, by the median of three.
  double eta = 0;        ///< Minutes to the first such step; 0 if not reached.
};

struct CaseOptions {
  int window = 60;   ///< Steps; 0: drawn, mostly the default.
  int horizon = 15;  ///< The same.
  std::uint64_t seed = 1;
};

/// Case `index`: a family, its parameters, noise and a threshold that the
/// metric has not reached yet, all drawn from the seed and the index. About
/// one case in six reaches its threshold.
ForecastCase MakeCase(const CaseOptions& options, std::uint64_t index);

}  // namespace selfheal::bench
