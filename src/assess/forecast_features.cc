#include "assess/forecast_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
/// Standardised inputs are clipped here.
constexpr double kLimit = 8;

/// The windows that the stack was trained on; any other counts as the nearest.
constexpr std::size_t kFewestRows = 20;
constexpr std::size_t kMostRows = 240;

/// About so many starting points are looked at in a history.
constexpr std::size_t kMostStarts = 200;
constexpr std::size_t kMostAnalogs = 1500;

double Clip(double value) {
  return std::isfinite(value) ? std::clamp(value, -kLimit, kLimit) : 0;
}

double LogRows(std::size_t rows) {
  return std::log(
      static_cast<double>(std::clamp(rows, kFewestRows, kMostRows)) / 60);
}

/// Compresses a ratio: odd, linear near 0, logarithmic far out.
double Squash(double value) {
  if (!std::isfinite(value)) return value > 0 ? kLimit : -kLimit;
  return Clip(std::copysign(std::log1p(std::abs(value)), value));
}

double MedianOfThree(double a, double b, double c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

double Last(std::span<const double> values) {
  for (std::size_t i = values.size(); i > 0; --i) {
    if (std::isfinite(values[i - 1])) return values[i - 1];
  }
  return kMissing;
}

double Highest(std::span<const double> values) {
  double highest = -std::numeric_limits<double>::infinity();
  for (const double value : values) {
    if (value > highest) highest = value;
  }
  return highest;
}

/// Largest rise from one value to a later one at most `reach` steps ahead.
double LargestRise(std::span<const double> values, int reach) {
  double largest = 0;
  std::vector<std::size_t> low;  // Rising values, oldest first.
  std::size_t head = 0;
  low.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    while (low.size() > head && values[low.back()] >= values[i]) {
      low.pop_back();
    }
    low.push_back(i);
    while (low[head] + static_cast<std::size_t>(reach) < i) ++head;
    largest = std::max(largest, values[i] - values[low[head]]);
  }
  return largest;
}

/// Largest rise within `reach` steps from every `stride`-th value.
std::vector<double> Rises(std::span<const double> values, int reach,
                          std::size_t stride) {
  std::vector<double> rises;
  const auto ahead = static_cast<std::size_t>(reach);
  for (std::size_t i = 0; i + ahead < values.size(); i += stride) {
    if (!std::isfinite(values[i])) continue;
    const double top = Highest(values.subspan(i + 1, ahead));
    if (std::isfinite(top)) rises.push_back(top - values[i]);
  }
  return rises;
}

/// Log odds of a rise as large as `away`, from those seen.
double RiseOdds(const std::vector<double>& seen,
                const std::vector<double>& before, double away) {
  double hits = 0.5;
  for (const double rise : seen) hits += rise >= away ? 1 : 0;
  for (const double rise : before) hits += rise >= away ? 1 : 0;
  const auto count = static_cast<double>(seen.size() + before.size());
  return std::log(hits / (count + 1 - hits));
}

/// What followed the moments that looked most like now.
class Analogs {
 public:
  static constexpr std::size_t kShape = 8;
  static constexpr std::size_t kNearest = 6;

  /// Precondition: now.size() >= kShape.
  explicit Analogs(std::span<const double> now) : now_(now.last(kShape)) {}

  /// Looks at up to `most` moments of `values`, evenly spread.
  void Search(std::span<const double> values, int reach, std::size_t most) {
    const auto ahead = static_cast<std::size_t>(reach);
    if (values.size() < kShape + ahead) return;
    const std::size_t last = values.size() - ahead;
    const std::size_t stride = 1 + (last - kShape) / most;
    for (std::size_t end = kShape; end <= last; end += stride) {
      const double unlike = Unlikeness(values.subspan(end - kShape, kShape));
      if (!(unlike < found_.back().unlike)) continue;
      const double top = Highest(values.subspan(end, ahead));
      if (std::isfinite(top)) Insert({unlike, top - values[end - 1]});
    }
  }

  double MeanRise() const {
    double sum = 0;
    for (std::size_t i = 0; i < count_; ++i) sum += found_[i].rise;
    return count_ > 0 ? sum / static_cast<double>(count_) : 0;
  }
  double Odds(double away) const {
    double hits = 0.5;
    for (std::size_t i = 0; i < count_; ++i) {
      hits += found_[i].rise >= away ? 1 : 0;
    }
    return std::log(hits / (static_cast<double>(count_) + 1 - hits));
  }
  bool any() const { return count_ > 0; }

 private:
  struct Moment {
    double unlike = std::numeric_limits<double>::infinity();
    double rise = 0;
  };

  /// Squared differences after both shapes were put on their last value.
  double Unlikeness(std::span<const double> shape) const {
    const double shift = shape.back() - now_.back();
    double sum = 0;
    for (std::size_t i = 0; i + 1 < kShape; ++i) {
      const double error = shape[i] - now_[i] - shift;
      sum += error * error;
    }
    return sum + 0.25 * shift * shift;
  }

  void Insert(const Moment& moment) {
    std::size_t at = kNearest - 1;
    for (; at > 0 && found_[at - 1].unlike > moment.unlike; --at) {
      found_[at] = found_[at - 1];
    }
    found_[at] = moment;
    count_ = std::min(count_ + 1, kNearest);
  }

  std::span<const double> now_;
  std::array<Moment, kNearest> found_;
  std::size_t count_ = 0;
};

/// Mean height of the tops before sudden falls by a third of the range.
double SawPeak(std::span<const double> values, double range) {
  double sum = 0;
  int falls = 0;
  double before = kMissing;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (before - value > 0.3 * range) {
      sum += before;
      ++falls;
    }
    before = value;
  }
  return falls > 0 ? sum / falls : kMissing;
}

}  // namespace

std::vector<double> Flipped(std::span<const double> values, bool above) {
  std::vector<double> out(values.begin(), values.end());
  if (above) return out;
  for (double& value : out) value = -value;
  return out;
}

std::vector<double> Filtered(std::span<const double> values, bool above) {
  const double sign = above ? 1 : -1;
  std::vector<double> out(values.size(), kMissing);
  double first = kMissing;
  double second = kMissing;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const double value = sign * values[i];
    out[i] = std::isfinite(first) ? MedianOfThree(first, second, value) : value;
    first = second;
    second = value;
  }
  return out;
}

HistoryFacts FactsOf(const std::vector<double>& history,
                     const ForecastInput& input, double threshold) {
  HistoryFacts facts;
  const long long step = std::max<long long>(1, input.history_step.count());
  const int reach =
      static_cast<int>(std::max<long long>(1, input.horizon.count() / step));
  facts.history = history;
  facts.reach = reach;
  facts.largest_rise = LargestRise(history, reach);
  facts.rises = Rises(history, reach, 1 + history.size() / kMostStarts);
  const int n = static_cast<int>(history.size());
  for (int i = 0; i + reach < n; i += reach) {
    const auto at = static_cast<std::size_t>(i);
    if (!std::isfinite(history[at]) || history[at] >= threshold) continue;
    ++facts.horizons;
    const double highest = Highest(
        std::span(history).subspan(at + 1, static_cast<std::size_t>(reach)));
    facts.reach_rate += highest >= threshold ? 1 : 0;
  }
  if (facts.horizons > 0) facts.reach_rate /= facts.horizons;
  constexpr long long kDay = 86400;
  const long long now =
      (static_cast<long long>(input.window.size()) - 1) * input.step.count() +
      input.gap.count();  // After the last history value.
  double highest = -std::numeric_limits<double>::infinity();
  for (long long back = kDay - now;; back += kDay) {
    const long long first = n - 1 - back / step;
    if (first < 0 || kDay % step != 0) break;
    const auto count = std::min<long long>(reach, n - 1 - first);
    if (count <= 0) continue;
    const double top = Highest(std::span(history).subspan(
        static_cast<std::size_t>(first + 1), static_cast<std::size_t>(count)));
    if (!std::isfinite(top)) continue;
    highest = std::max(highest, top);
    ++facts.days;
  }
  if (facts.days > 0) facts.other_days = highest - threshold;
  return facts;
}

/// True where the level is at its threshold rather than on its way there: the
/// newest is past it, or they go to and fro across it.
bool Reached(std::span<const double> recent, double threshold) {
  constexpr std::size_t kDwell = 20;
  constexpr std::size_t kNewest = 5;
  if (Last(recent) >= threshold) return true;
  const auto past = [threshold](std::span<const double> values) {
    return std::count_if(values.begin(), values.end(),
                         [=](double value) { return value >= threshold; });
  };
  if (recent.size() < kDwell || past(recent.last(kNewest)) == 0) return false;
  return 5 * past(recent.last(kDwell)) >= 2 * static_cast<long>(kDwell);
}

/// Log odds of reaching within a horizon, from the history's; 0 without one.
double RateOdds(const HistoryFacts& facts) {
  return std::log((facts.reach_rate * facts.horizons + 0.5) /
                  ((1 - facts.reach_rate) * facts.horizons + 0.5));
}

ForecastFeatures FeaturesAt(std::span<const double> raw,
                            std::span<const double> window,
                            const HistoryFacts& facts, double threshold,
                            int horizon) {
  ForecastFeatures out;
  const auto start = static_cast<std::size_t>(TrendStart(window));
  const auto recent = raw.subspan(start);
  const double now = Last(window);
  out.reached = Reached(window.subspan(start), threshold);
  out.model = FitLocalTrend(recent);
  out.trend = out.model.At(horizon);
  const Robust robust = RobustOf(window);
  out.spread = robust.scale > 0
                   ? robust.scale
                   : std::max(1e-9, 1e-6 * std::abs(robust.center));
  const double away = threshold - now;
  const auto z = [&](const Outlook& outlook) {
    return Clip((outlook.mean - threshold) / outlook.deviation);
  };
  const Outlook short_line = LeastSquares(recent, 10, horizon);
  const Outlook long_line = LeastSquares(recent, 40, horizon);
  const double highest = Highest(window);
  double lowest = now;
  for (const double value : window) lowest = value < lowest ? value : lowest;
  const double rise =
      std::max({facts.largest_rise, LargestRise(window, horizon), 1e-12});
  const std::vector<double> rises = Rises(window, horizon, 1);
  const double wander =
      RobustOf(rises).scale + std::abs(RobustOf(rises).center);
  Analogs analogs(window);
  analogs.Search(window, horizon, window.size());
  // The shape of a history of another step would not be that of the window.
  const bool alike = facts.reach == horizon;
  if (alike) analogs.Search(facts.history, horizon, kMostAnalogs);
  const double peak = SawPeak(window, highest - lowest);
  out.values = {
      z(out.trend),
      z(short_line),
      z(LeastSquares(recent, 20, horizon)),
      z(long_line),
      Clip(MannKendall(recent, 60)),
      Squash(std::log(std::max(1e-6, away / rise))),
      Squash(away / out.spread),
      Squash((threshold - highest) / out.spread),
      facts.days > 0 ? Squash(facts.other_days / out.spread) : 0,
      RateOdds(facts),
      Squash((short_line.slope - long_line.slope) * horizon / out.spread),
      Clip((now - lowest) / std::max(1e-12, threshold - lowest)),
      Squash(static_cast<double>(recent.size()) / horizon),
      std::isfinite(peak) ? Squash((threshold - peak) / out.spread) : 0,
      Clip(RiseOdds(rises, facts.rises, away)),
      Squash(away / std::max(1e-12, wander)),
      analogs.any() ? Squash((analogs.MeanRise() - away) / out.spread) : 0,
      analogs.any() ? Clip(analogs.Odds(away)) : 0,
      Clip(std::log(horizon / 15.0)),
      LogRows(window.size())};
  return out;
}

}  // namespace selfheal::assess
