// Prints the forecast's inputs for generated cases as CSV, for
// scripts/train_forecast, or with --judge what the shipped forecast says.
//
// usage: bench_judge_table SEED CASES
//        bench_judge_table --judge SEED CASES [WINDOW HORIZON]
//
// The inputs are those of windows and horizons of many lengths; the forecast is
// asked at one, 60 and 15 by default.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "assess/forecast.h"
#include "assess/forecast_features.h"
#include "bench/support/judge_families.h"

namespace {

using selfheal::assess::ForecastInput;
using selfheal::bench::ForecastCase;

ForecastInput InputOf(const ForecastCase& given) {
  return {.history = given.history,
          .window = given.window,
          .threshold = given.threshold,
          .above = given.above,
          .horizon = std::chrono::minutes(given.horizon)};
}

void PrintCase(const ForecastCase& given) {
  std::printf(
      "%s,%d,%.0f",
      selfheal::bench::kFamilyNames[static_cast<size_t>(given.family)].data(),
      given.reached ? 1 : 0, given.eta);
}

void PrintFeatures(const ForecastCase& given) {
  const ForecastInput input = InputOf(given);
  const double threshold = given.above ? given.threshold : -given.threshold;
  const auto window = selfheal::assess::Filtered(given.window, given.above);
  const auto facts = selfheal::assess::FactsOf(
      selfheal::assess::Filtered(given.history, given.above), input, threshold);
  const auto features = selfheal::assess::FeaturesAt(
      selfheal::assess::Flipped(given.window, given.above), window, facts,
      threshold, given.horizon);
  PrintCase(given);
  for (const double value : features.values) std::printf(",%.9g", value);
  std::printf("\n");
}

void PrintForecast(const ForecastCase& given) {
  const auto found = selfheal::assess::ForecastMetric(InputOf(given), {});
  PrintCase(given);
  std::printf(",%.9g,%.6g,%.6g,%.6g\n", found.probability,
              found.eta.value_or(NAN), found.eta_low.value_or(NAN),
              found.eta_high.value_or(NAN));
}

}  // namespace

int main(int argc, char** argv) {
  const bool plain = argc == 1;  // scripts/bench runs every program bare.
  const bool judge = plain || ((argc == 4 || argc == 6) &&
                               std::strcmp(argv[1], "--judge") == 0);
  if (argc != 3 && !judge) {
    std::fprintf(stderr,
                 "usage: bench_judge_table [--judge] SEED CASES "
                 "[WINDOW HORIZON]\n");
    return 2;
  }
  char** numbers = argv + (judge ? 2 : 1);
  selfheal::bench::CaseOptions options{
      .seed = plain ? 999 : std::strtoull(numbers[0], nullptr, 10)};
  const auto cases = plain ? 24 : std::strtoull(numbers[1], nullptr, 10);
  if (!judge) options.window = options.horizon = 0;
  if (argc == 6) {
    options.window = std::atoi(numbers[2]);
    options.horizon = std::atoi(numbers[3]);
  }
  std::printf("family,reached,eta");
  if (judge) {
    std::printf(",probability,eta_s,eta_low_s,eta_high_s\n");
  } else {
    for (const char* name : selfheal::assess::kForecastFeatureNames) {
      std::printf(",%s", name);
    }
    std::printf("\n");
  }
  for (std::uint64_t i = 0; i < cases; ++i) {
    const ForecastCase given = selfheal::bench::MakeCase(options, i);
    judge ? PrintForecast(given) : PrintFeatures(given);
  }
  return 0;
}
