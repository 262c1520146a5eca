#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <iostream>
#include <istream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "app/judge_filter.h"
#include "core/duration.h"
#include "core/result.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/filter_commands.h"

namespace selfheal {
namespace {

using Json = nlohmann::json;

/// One line of input.
struct Series {
  std::vector<double> history, window;
  double threshold = 0;
  bool above = true;
};

Error BadKey(std::size_t line, const std::string& key,
             const std::string& expected) {
  return {Code::kInvalidArgument, "<stdin>: row " + std::to_string(line) +
                                      ", column " + key + ": expected " +
                                      expected};
}

Result<std::vector<double>> Numbers(const Json& object, const std::string& key,
                                    std::size_t line) {
  const std::string expected = "an array of finite numbers or null";
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) {
    return BadKey(line, key, expected);
  }
  std::vector<double> values;
  values.reserve(found->size());
  for (const Json& value : *found) {
    if (value.is_null()) {
      values.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (value.is_number() && std::isfinite(value.get<double>())) {
      values.push_back(value.get<double>());
    } else {
      return BadKey(line, key + "[" + std::to_string(values.size()) + "]",
                    "a finite number or null");
    }
  }
  return values;
}

Result<Series> ParseLine(const std::string& text, std::size_t line) {
  const Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) return BadKey(line, "1", "a JSON object");
  for (const auto& [key, value] : object.items()) {
    if (key != "history" && key != "window" && key != "threshold" &&
        key != "direction") {
      return BadKey(line, key, "only history, window, threshold and direction");
    }
  }
  Series series;
  if (object.contains("history")) {
    Result<std::vector<double>> history = Numbers(object, "history", line);
    if (!history) return history.error();
    series.history = std::move(history).value();
  }
  Result<std::vector<double>> window = Numbers(object, "window", line);
  if (!window) return window.error();
  series.window = std::move(window).value();
  const auto threshold = object.find("threshold");
  if (threshold == object.end() || !threshold->is_number() ||
      !std::isfinite(threshold->get<double>())) {
    return BadKey(line, "threshold", "a finite number");
  }
  series.threshold = threshold->get<double>();
  const Json direction = object.value("direction", Json("above"));
  if (direction != "above" && direction != "below") {
    return BadKey(line, "direction", "\"above\" or \"below\"");
  }
  series.above = direction == "above";
  return series;
}

std::string ToLine(const assess::MetricForecast& forecast) {
  const auto time = [](const std::optional<double>& value) -> Json {
    if (!value) return nullptr;
    return std::llround(*value);
  };
  nlohmann::ordered_json object;
  object["probability"] = forecast.probability;
  object["eta_s"] = time(forecast.eta);
  object["eta_low_s"] = time(forecast.eta_low);
  object["eta_high_s"] = time(forecast.eta_high);
  object["outcome"] = JudgementName(forecast.outcome);
  return object.dump() + "\n";
}

assess::MetricForecast ForecastSeries(const Series& series,
                                      const ForecastRequest& request) {
  const ConfirmSpec spec;
  return assess::ForecastMetric(
      {.history = series.history,
       .window = series.window,
       .threshold = series.threshold,
       .above = series.above,
       .step = request.step,
       .history_step = request.step,
       .gap = request.step,
       .horizon = request.horizon},
      {.probability = spec.forecast_probability, .level = spec.level_gate});
}

seconds ParseSeconds(const std::string& option, const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration || *duration < seconds(1)) {
    throw CLI::ValidationError(option, "expected a duration such as 15m");
  }
  return std::chrono::duration_cast<seconds>(*duration);
}

}  // namespace

int RunForecast(const ForecastRequest& request, std::istream& in,
                std::ostream& out, std::ostream& err) {
  std::string text;
  std::string line;
  std::size_t number = 0;
  std::size_t forecasts = 0;
  std::chrono::duration<double> spent{0};
  std::string notes;
  while (std::getline(in, line)) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Result<Series> series = ParseLine(line, number);
    if (!series) {
      err << "selfheal: forecast: " << series.error().message << "\n";
      return 1;
    }
    const auto start = std::chrono::steady_clock::now();
    const assess::MetricForecast found = ForecastSeries(*series, request);
    spent += std::chrono::steady_clock::now() - start;
    if (found.outcome == Judgement::kInconclusive) {
      notes += "selfheal: forecast: <stdin>: row " + std::to_string(number) +
               ": inconclusive: " + found.reason + "\n";
    }
    text += ToLine(found);
    ++forecasts;
  }
  out << text;
  err << notes;
  if (request.timing) {
    err << "selfheal: forecast: timing: rows=" << forecasts
        << " fit_s=0 score_s=" << spent.count() << " point_s="
        << (forecasts == 0 ? 0 : spent.count() / static_cast<double>(forecasts))
        << "\n";
  }
  return 0;
}

void AddForecastCommand(CLI::App& program, int& exit_code) {
  struct Options {
    ForecastRequest request;
    std::string horizon = "15m";
    std::string step = "1m";
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "forecast", "Forecasts windows of JSON lines from standard input");
  command->add_option("--horizon", options->horizon,
                      "How far ahead the threshold counts (15m)");
  command->add_option("--step", options->step, "Time between values (1m)");
  command->add_flag("--timing", options->request.timing,
                    "Prints times to stderr");
  command->footer(R"(Examples:
  selfheal forecast < windows.jsonl
  selfheal forecast --horizon 30m --step 5m < windows.jsonl | jq .eta_s

A line in: {"history":[],"window":[81,83,null,86],"threshold":90,
"direction":"above"}; history may be empty.
Exit: 0; 1 a line cannot be used; 2 usage.)");
  command->callback([options, &exit_code] {
    ForecastRequest& request = options->request;
    request.horizon = ParseSeconds("--horizon", options->horizon);
    request.step = ParseSeconds("--step", options->step);
    exit_code = RunForecast(request, std::cin, std::cout, std::cerr);
  });
}

}  // namespace selfheal
