#include "bench/support/judge_families.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "assess/random.h"

namespace selfheal::bench {
namespace {

using assess::Random;

constexpr int kDay = 1440;
/// Minutes behind the window that are generated too.
constexpr int kFuture = 200;
/// Limits are drawn so many horizons ahead; the longest horizon is 30.
constexpr double kFarthest = 6.5;

double Between(Random& random, double low, double high) {
  return low + (high - low) * random.Uniform();
}

double LogBetween(Random& random, double low, double high) {
  return low * std::pow(high / low, random.Uniform());
}

/// Values of one process, one a minute.
class Process {
 public:
  Process(Family family, int steps, Random& random)
      : family_(family), steps_(steps), random_(random) {}

  std::vector<double> Run() {
    level_ = Between(random_, 20, 60);
    noise_ = LogBetween(random_, 0.05, 1);
    std::vector<double> values = Clean();
    const double sticky = Between(random_, 0, 0.5);
    double error = 0;
    for (double& value : values) {
      error = sticky * error +
              std::sqrt(1 - sticky * sticky) * noise_ * random_.Normal();
      value += error;
      if (random_.Uniform() < spikes_)
        value += noise_ * Between(random_, 3, 12);
    }
    return values;
  }

  double noise() const { return noise_; }

 private:
  std::vector<double> Clean() {
    switch (family_) {
      case Family::kLinearLeak:
        return Leak(false);
      case Family::kExponentialLeak:
        return Leak(true);
      case Family::kSawtooth:
        return Sawtooth(0);
      case Family::kSawtoothLeak:
        return Sawtooth(LogBetween(random_, 0.02, 0.4));
      case Family::kMeanReverting:
        return MeanReverting();
      case Family::kLevelShift:
        return LevelShift();
      case Family::kDiurnal:
        return Diurnal();
      case Family::kRestartLeak:
        return RestartLeak();
      case Family::kBursts:
        return Bursts();
      case Family::kSaturating:
        return Saturating();
      case Family::kSteady:
        return Flat();
      case Family::kRampSteps:
        return RampSteps();
    }
    return Flat();
  }

  std::vector<double> Flat() {
    spikes_ = random_.Uniform() < 0.5 ? 0.01 : 0;
    return std::vector<double>(static_cast<std::size_t>(steps_), level_);
  }

  template <typename At>
  std::vector<double> Each(const At& at) {
    std::vector<double> values;
    for (int i = 0; i < steps_; ++i) values.push_back(at(i));
    return values;
  }

  /// Starts somewhere in the last hours, flat before.
  std::vector<double> Leak(bool exponential) {
    const int start =
        steps_ - kFuture - static_cast<int>(Between(random_, 5, 240));
    const double slope = LogBetween(random_, 0.02, 1.5);
    const double growth = LogBetween(random_, 40, 400);
    const double base = LogBetween(random_, 0.3, 5);
    return Each([&](int i) {
      const double t = std::max(0, i - start);
      return level_ + (exponential
                           ? base * (std::exp(std::min(t / growth, 8.0)) - 1)
                           : slope * t);
    });
  }

  std::vector<double> Sawtooth(double leak) {
    const double period = Between(random_, 8, 45);
    const double uneven = random_.Uniform() < 0.5 ? 0.2 : 0.02;
    const double height = Between(random_, 4, 30);
    const int start =
        steps_ - kFuture - static_cast<int>(Between(random_, 60, 300));
    double length = period;
    double at = Between(random_, 0, period);
    return Each([&](int i) {
      if (++at >= length) {
        at = 0;
        length = period * Between(random_, 1 - uneven, 1 + uneven);
      }
      return level_ + height * at / period + leak * std::max(0, i - start);
    });
  }

  std::vector<double> MeanReverting() {
    const double pull = LogBetween(random_, 0.03, 0.5);
    const double kick = LogBetween(random_, 0.2, 3);
    double x = 0;
    return Each([&](int) {
      x += -pull * x + kick * random_.Normal();
      return level_ + x;
    });
  }

  std::vector<double> LevelShift() {
    const int at =
        steps_ - kFuture - static_cast<int>(Between(random_, -5, 90));
    const double size =
        Between(random_, 5, 40) * (random_.Uniform() < 0.75 ? 1 : -1);
    return Each([&](int i) { return level_ + (i >= at ? size : 0); });
  }

  std::vector<double> Diurnal() {
    const double height = Between(random_, 5, 30);
    const double phase = Between(random_, 0, kDay);
    const double sharp = Between(random_, 1, 3);
    return Each([&](int i) {
      const double wave =
          std::sin(2 * std::numbers::pi * (i + phase) / kDay) / 2 + 0.5;
      return level_ + height * std::pow(wave, sharp);
    });
  }

  std::vector<double> RestartLeak() {
    const double slope = LogBetween(random_, 0.05, 1.5);
    const double length = Between(random_, 25, 160);
    const double phase = Between(random_, 0, length);
    return Each(
        [&](int i) { return level_ + slope * std::fmod(i + phase, length); });
  }

  std::vector<double> Bursts() {
    const double rate = LogBetween(random_, 0.003, 0.05);
    const double decay = Between(random_, 0.3, 0.95);
    const double height = Between(random_, 5, 40);
    const bool blocks = random_.Uniform() < 0.5;
    double x = 0;
    int left = 0;
    return Each([&](int) {
      if (left-- <= 0) x = blocks ? 0 : x * decay;
      if (random_.Uniform() < rate) {
        x += height * Between(random_, 0.5, 1);
        left = blocks ? static_cast<int>(Between(random_, 1, 20)) : 0;
      }
      return level_ + x;
    });
  }

  std::vector<double> Saturating() {
    const int start =
        steps_ - kFuture - static_cast<int>(Between(random_, 5, 200));
    const double height = Between(random_, 5, 50);
    const double time = Between(random_, 8, 80);
    return Each([&](int i) {
      const double t = std::max(0, i - start);
      return level_ + height * (1 - std::exp(-t / time));
    });
  }

  std::vector<double> RampSteps() {
    const double every = Between(random_, 5, 40);
    const double size = Between(random_, 1, 10);
    const int start =
        steps_ - kFuture - static_cast<int>(Between(random_, 40, 300));
    return Each([&](int i) {
      return level_ + size * std::floor(std::max(0, i - start) / every);
    });
  }

  Family family_;
  int steps_;
  Random& random_;
  double level_ = 0;
  double noise_ = 0;
  double spikes_ = 0;
};

double MedianOfThree(const double* newest) {
  const double a = newest[-2];
  const double b = newest[-1];
  const double c = newest[0];
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

bool Trends(Family family) {
  switch (family) {
    case Family::kMeanReverting:
    case Family::kLevelShift:
    case Family::kBursts:
    case Family::kSteady:
      return false;
    case Family::kLinearLeak:
    case Family::kExponentialLeak:
    case Family::kSawtooth:
    case Family::kSawtoothLeak:
    case Family::kDiurnal:
    case Family::kRestartLeak:
    case Family::kSaturating:
    case Family::kRampSteps:
      return true;
  }
  return true;
}

/// A limit above the newest value. Of a metric that goes somewhere mostly one
/// that it comes near within the next six horizons, else one set by what the
/// last hour showed. Never so near that noise alone passes it.
double DrawThreshold(const ForecastCase& given,
                     const std::vector<double>& values, int end, double noise,
                     Random& random) {
  const double now = MedianOfThree(values.data() + end - 1);
  const auto first = values.begin() + std::max(0, end - 60);
  const auto [low, high] = std::minmax_element(first, values.begin() + end);
  double distance = 0;
  if (Trends(given.family) && random.Uniform() < 0.8) {
    const int reach = static_cast<int>(given.horizon *
                                       LogBetween(random, 4.0 / 15, kFarthest));
    double top = now;
    for (int h = 1; h <= reach; ++h) {
      top = std::max(top, MedianOfThree(values.data() + end - 1 + h));
    }
    distance = (top - now) * Between(random, 0.7, 1.3);
  } else {
    distance = (*high - now) + (*high - *low) * LogBetween(random, 0.03, 1);
  }
  return now + std::max(distance, noise * Between(random, 2.5, 6));
}

/// The given value, or one that is drawn: mostly the default.
int Drawn(int given, int usual, std::array<int, 4> others, Random& random) {
  if (given > 0) return given;
  return random.Below(3) > 0 ? usual : others[random.Below(4)];
}

/// None, some hours or some days.
int DrawHistory(Random& random) {
  const double kind = random.Uniform();
  if (kind < 0.5) return 0;
  if (kind < 0.65) return static_cast<int>(LogBetween(random, 60, 720));
  return kDay * (1 + static_cast<int>(random.Below(3)));
}

}  // namespace

ForecastCase MakeCase(const CaseOptions& options, std::uint64_t index) {
  Random random(options.seed * 0x9e3779b97f4a7c15ULL + index * 2654435761ULL);
  random.Next();
  ForecastCase out;
  out.family = static_cast<Family>(index % kFamilyNames.size());
  const int window = Drawn(options.window, 60, {20, 30, 120, 240}, random);
  out.horizon = Drawn(options.horizon, 15, {5, 10, 20, 30}, random);
  const int history = DrawHistory(random);
  const int end = 2 + history + window;
  Process process(out.family, end + kFuture, random);
  const std::vector<double> values = process.Run();
  const double threshold =
      DrawThreshold(out, values, end, process.noise(), random);
  for (int h = 1; h <= out.horizon && !out.reached; ++h) {
    if (MedianOfThree(values.data() + end - 1 + h) >= threshold) {
      out.reached = true;
      out.eta = h;
    }
  }
  out.above = random.Uniform() < 0.8;
  const double mirror = out.above ? 1 : -1;
  const double shift = out.above ? 0 : 200;
  const auto part = [&](int first, int last) {
    std::vector<double> cut;
    for (int i = first; i < last; ++i) {
      cut.push_back(shift + mirror * values[static_cast<std::size_t>(i)]);
    }
    return cut;
  };
  out.history = part(2, 2 + history);
  out.window = part(2 + history, end);
  out.threshold = shift + mirror * threshold;
  return out;
}

}  // namespace selfheal::bench
