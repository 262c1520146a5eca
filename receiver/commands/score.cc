#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "app/judge_filter.h"
#include "config/config.h"
#include "core/duration.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/csv.h"
#include "receiver/commands/filter_commands.h"

namespace selfheal {
namespace {

using assess::FilterOptions;
using assess::FilterTiming;
using assess::NamedTable;
using assess::ScoredRow;

int Fail(std::ostream& err, const std::string& message) {
  err << "selfheal: score: " << message << "\n";
  return 1;
}

/// The judge's knobs as `serve` has them by default.
FilterOptions DefaultOptions(seconds step) {
  const Config::JudgeConfig judge{};
  FilterOptions options;
  options.step = step;
  options.window = judge.window;
  options.spec.anomaly_threshold = judge.anomaly_threshold;
  options.spec.trees = judge.trees;
  options.spec.sample = judge.sample;
  options.spec.contamination = judge.contamination;
  options.spec.min_baseline = judge.min_baseline;
  return options;
}

std::string Number(const char* form, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

void WriteRow(const ScoredRow& row, std::string& text) {
  text += Number("%.17g", row.statistic) + "," + Number("%.17g", row.score) +
          "," + Number("%.6f", row.confidence) + "," +
          std::string(JudgementName(row.outcome)) + ",";
  for (std::size_t i = 0; i < row.factors.size(); ++i) {
    text += (i == 0 ? "" : ";") + row.factors[i].metric + "=" +
            Number("%.1f", row.factors[i].contribution);
  }
  text += "\n";
}

void Write(const std::vector<ScoredRow>& rows, const std::vector<int>& numbers,
           const std::string& file, std::ostream& out, std::ostream& err) {
  std::string text = "statistic,score,confidence,outcome,factors\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    WriteRow(rows[i], text);
    if (rows[i].outcome != Judgement::kInconclusive) continue;
    err << "selfheal: score: " << file << ": row " << numbers[i]
        << ": inconclusive: " << rows[i].reason << "\n";
  }
  out << text;
}

void WriteTiming(std::size_t rows, const FilterTiming& timing,
                 std::ostream& err) {
  const double point = rows == 0 ? 0 : timing.score / static_cast<double>(rows);
  err << "selfheal: score: timing: rows=" << rows
      << " fit_s=" << Number("%.6f", timing.fit)
      << " score_s=" << Number("%.6f", timing.score)
      << " point_s=" << Number("%.9f", point) << "\n";
}

/// Names of `test` must be those of `train`, in any order.
Result<NamedTable> InOrderOf(const NamedTable& train, NamedTable test,
                             const ScoreRequest& request) {
  NamedTable out;
  out.names = train.names;
  for (const std::string& name : train.names) {
    const auto found = std::find(test.names.begin(), test.names.end(), name);
    if (found == test.names.end()) {
      return Error{Code::kInvalidArgument,
                   request.test + ": row 0, column " + name +
                       ": expected the metrics of " + request.train +
                       ", found none of that name"};
    }
    const auto column = static_cast<std::size_t>(found - test.names.begin());
    out.table.columns.push_back(std::move(test.table.columns[column]));
  }
  if (test.names.size() == train.names.size()) return out;
  for (const std::string& name : test.names) {
    if (std::find(train.names.begin(), train.names.end(), name) ==
        train.names.end()) {
      return Error{Code::kInvalidArgument,
                   request.test + ": row 0, column " + name +
                       ": expected the metrics of " + request.train +
                       ", found one that it lacks"};
    }
  }
  return out;
}

int ScoreTrainTest(const ScoreRequest& request, std::ostream& out,
                   std::ostream& err) {
  Result<NamedTable> train = ReadMetrics(request.train);
  if (!train) return Fail(err, train.error().message);
  Result<NamedTable> raw = ReadMetrics(request.test);
  if (!raw) return Fail(err, raw.error().message);
  const Result<NamedTable> test =
      InOrderOf(*train, std::move(raw).value(), request);
  if (!test) return Fail(err, test.error().message);
  FilterTiming timing;
  const std::vector<ScoredRow> rows =
      ScoreTest(*train, *test, DefaultOptions(request.step), timing);
  std::vector<int> numbers(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    numbers[i] = static_cast<int>(i);
  }
  Write(rows, numbers, request.test, out, err);
  if (request.timing) WriteTiming(rows.size(), timing, err);
  return 0;
}

int ScoreAlerts(const ScoreRequest& request, std::ostream& out,
                std::ostream& err) {
  const Result<NamedTable> series = ReadMetrics(request.series);
  if (!series) return Fail(err, series.error().message);
  const Result<std::vector<int>> numbers =
      ReadRows(request.rows, series->table.rows());
  if (!numbers) return Fail(err, numbers.error().message);
  const FilterOptions options = DefaultOptions(request.step);
  const auto start = std::chrono::steady_clock::now();
  std::vector<ScoredRow> rows;
  for (const int row : *numbers) {
    rows.push_back(
        assess::ScoreAt(*series, row, request.baseline, request.gap, options));
  }
  const std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - start;
  Write(rows, *numbers, request.series, out, err);
  // Each row has a fit of its own: both are one span.
  if (request.timing) {
    WriteTiming(rows.size(), {.fit = 0, .score = spent.count()}, err);
  }
  return 0;
}

}  // namespace

int RunScore(const ScoreRequest& request, std::ostream& out,
             std::ostream& err) {
  return request.series.empty() ? ScoreTrainTest(request, out, err)
                                : ScoreAlerts(request, out, err);
}

void AddScoreCommand(CLI::App& program, int& exit_code) {
  struct Options {
    ScoreRequest request;
    std::string step;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "score", "Scores rows of CSV files as the service judges evidence");
  ScoreRequest& request = options->request;
  CLI::Option* train =
      command->add_option("--train", request.train, "CSV of the baseline");
  CLI::Option* test =
      command->add_option("--test", request.test, "CSV of the rows to score");
  CLI::Option* series =
      command->add_option("--series", request.series, "CSV of one series");
  CLI::Option* at = command->add_option(
      "--at", request.rows, "CSV of the rows at which an alert fires");
  CLI::Option* baseline =
      command->add_option("--baseline", request.baseline, "Baseline rows")
          ->check(CLI::Range(1, 10'000'000));
  CLI::Option* gap =
      command->add_option("--gap", request.gap, "Rows between baseline and row")
          ->check(CLI::Range(0, 10'000'000));
  command->add_option("--step", options->step,
                      "Time of one row (5m; with --series 1m)");
  command->add_flag("--timing", request.timing, "Prints times to stderr");
  command->footer(R"(Examples:
  selfheal score --train usual.csv --test today.csv
  selfheal score --train usual.csv --test today.csv --step 1m --timing
  selfheal score --series all.csv --at alerts.csv --baseline 864 --gap 60

CSV: a header of metric names, then one row a step, oldest first; empty or NaN
is missing. The file of --at has the header "row" and counts from 0.
Exit: 0; 1 the data cannot be used; 2 usage.)");
  train->needs(test)->excludes(series);
  test->needs(train);
  series->needs(at)->needs(baseline)->needs(gap);
  at->needs(series);
  baseline->needs(series);
  gap->needs(series);
  command->callback([options, &exit_code] {
    ScoreRequest& asked = options->request;
    if (asked.train.empty() && asked.series.empty()) {
      throw CLI::RequiredError("--train and --test, or --series and --at");
    }
    if (options->step.empty()) {
      options->step = asked.series.empty() ? "5m" : "1m";
    }
    const auto step = ParseDuration(options->step);
    if (!step || *step < seconds(1)) {
      throw CLI::ValidationError("--step", "expected a duration such as 5m");
    }
    asked.step = std::chrono::duration_cast<seconds>(*step);
    exit_code = RunScore(asked, std::cout, std::cerr);
  });
}

}  // namespace selfheal
