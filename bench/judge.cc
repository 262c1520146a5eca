// Speed of the judge and of its parts, one thread.
#include "assess/judge.h"

#include <benchmark/benchmark.h>

#include <vector>

#include "assess/forecast.h"
#include "assess/forest.h"
#include "assess/random.h"

namespace {

using selfheal::seconds;
using selfheal::assess::FeatureRows;
using selfheal::assess::IsolationForest;

FeatureRows Cloud(int rows, int features) {
  selfheal::assess::Random random(1);
  FeatureRows out(rows, features);
  for (int f = 0; f < features; ++f) {
    for (int i = 0; i < rows; ++i) out.Feature(f)[i] = random.NormalFloat();
  }
  return out;
}

std::vector<double> Noise(int count, std::uint64_t seed) {
  selfheal::assess::Random random(seed);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(50 + random.NormalFloat());
  return values;
}

void ForestFit(benchmark::State& state) {
  const FeatureRows rows = Cloud(10000, 8);
  for (auto _ : state) {
    benchmark::DoNotOptimize(IsolationForest(rows, {.seed = 1}));
  }
}
BENCHMARK(ForestFit)->Unit(benchmark::kMillisecond);

void ForestScore(benchmark::State& state) {
  const FeatureRows rows = Cloud(10000, 8);
  const IsolationForest forest(rows, {.seed = 1});
  for (auto _ : state) benchmark::DoNotOptimize(forest.Score(rows));
  state.SetItemsProcessed(state.iterations() * rows.rows);
}
BENCHMARK(ForestScore)->Unit(benchmark::kMillisecond);

void Forecast(benchmark::State& state) {
  const std::vector<double> window = Noise(60, 3);
  const selfheal::assess::ForecastInput input{.window = window,
                                              .threshold = 60};
  for (auto _ : state) {
    benchmark::DoNotOptimize(selfheal::assess::ForecastMetric(input, {}));
  }
}
BENCHMARK(Forecast)->Unit(benchmark::kMicrosecond);

/// 8 metrics, 72 hours of baseline at 5 minutes, 60 points.
void Confirm(benchmark::State& state) {
  selfheal::EvidenceWindow window;
  for (int m = 0; m < 8; ++m) {
    selfheal::MetricWindow metric;
    metric.name = "m" + std::to_string(m);
    metric.baseline.step = seconds{300};
    metric.baseline.values = Noise(864, 10 + static_cast<std::uint64_t>(m));
    metric.window.start = metric.baseline.End() + seconds{3600};
    metric.window.values = Noise(60, 90 + static_cast<std::uint64_t>(m));
    window.at = metric.window.End();
    window.metrics.push_back(metric);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(selfheal::Judge(window, {}, 7));
  }
}
BENCHMARK(Confirm)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
