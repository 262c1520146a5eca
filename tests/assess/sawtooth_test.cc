// Memory under a garbage collector rises for minutes and falls back; without a
// leak under it nothing is to be confirmed, however near the limit its peaks
// come and wherever in a period the alert does.

#include <gtest/gtest.h>

#include "assess/judge.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

/// As rule memory-leak asks.
ConfirmSpec LeakSpec() {
  ConfirmSpec spec;
  spec.forecast_of = "memory_usage_percent";
  spec.level_gate = 0.6;
  return spec;
}

struct Saw {
  double low = 0;
  double high = 0;
  double minutes = 0;  ///< Of a period; each is up to a third longer or less.
  double leak_per_minute = 0;
};

/// Three days of percent of the limit, a value a minute.
std::vector<double> Minutes(const Saw& saw, std::uint64_t seed) {
  constexpr int kMinutes = 72 * 60 + 120;
  constexpr int kLeaks = 120;  // The last so many, where there is a leak.
  assess::Random random(seed);
  std::vector<double> values;
  double place = random.Uniform();
  double speed = 1 / saw.minutes;
  for (int i = 0; i < kMinutes; ++i) {
    place += speed;
    if (place >= 1) {
      place = 0;
      speed = 1 / (saw.minutes * (0.67 + 0.66 * random.Uniform()));
    }
    const double leaked =
        saw.leak_per_minute * std::max(0, i - (kMinutes - kLeaks));
    values.push_back(saw.low + leaked + (saw.high - saw.low) * place +
                     0.5 * random.Normal());
  }
  return values;
}

EvidenceWindow WindowOf(const Saw& saw, std::uint64_t seed) {
  const std::vector<double> minutes = Minutes(saw, seed);
  const auto end = static_cast<int>(minutes.size());
  MetricWindow percent;
  percent.name = "memory_usage_percent";
  percent.unit = "percent";
  percent.bad = BadDirection::kRises;
  percent.limit = 100;
  percent.baseline.step = seconds{300};
  for (int i = 0; i < end - 65; i += 5) {
    percent.baseline.values.push_back(minutes[static_cast<std::size_t>(i)]);
  }
  percent.window.step = seconds{60};
  percent.window.start = percent.baseline.End() + seconds{300};
  percent.window.values.assign(minutes.end() - 60, minutes.end());
  MetricWindow bytes = percent;
  bytes.name = "memory";
  bytes.unit = "bytes";
  bytes.limit.reset();
  for (std::vector<double>* values :
       {&bytes.baseline.values, &bytes.window.values}) {
    for (double& value : *values) value *= 2.56e6;
  }
  percent.optional = true;
  EvidenceWindow window;
  window.metrics = {bytes, percent};
  window.at = percent.window.End();
  return window;
}

int Confirmed(const Saw& saw, int windows) {
  int confirmed = 0;
  for (int i = 0; i < windows; ++i) {
    const auto seed = static_cast<std::uint64_t>(i) + 1;
    const Assessment assessment = Judge(WindowOf(saw, seed), LeakSpec(), seed);
    if (assessment.outcome == Judgement::kConfirmed) ++confirmed;
  }
  return confirmed;
}

TEST(Sawtooth, WithoutALeakIsNotConfirmed) {
  constexpr int kWindows = 25;
  for (const Saw saw : {Saw{30, 60, 12}, Saw{30, 60, 30}, Saw{40, 85, 20},
                        Saw{40, 85, 45}, Saw{55, 95, 15}, Saw{20, 97, 25}}) {
    EXPECT_EQ(Confirmed(saw, kWindows), 0)
        << saw.low << " to " << saw.high << " in " << saw.minutes;
  }
}

TEST(Sawtooth, ALeakUnderItIs) {
  constexpr int kWindows = 25;
  EXPECT_GE(Confirmed({30, 55, 15, 0.4}, kWindows), kWindows * 3 / 4);
}

}  // namespace
}  // namespace selfheal
