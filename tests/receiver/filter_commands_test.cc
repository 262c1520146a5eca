#include "receiver/commands/filter_commands.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "assess/filter.h"
#include "assess/judge.h"
#include "config/config.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::OrdinarySeries;

constexpr int kRows = 400;
constexpr int kBaseline = 300;
constexpr int kGap = 12;

/// A folder of its own for the files of one test.
class FilterCommands : public ::testing::Test {
 protected:
  FilterCommands()
      : folder_(std::filesystem::temp_directory_path() /
                ("selfheal_filter_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~FilterCommands() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  /// The last rows of m0 rise far out of the usual.
  assess::NamedTable Series() {
    assess::NamedTable table;
    for (const std::uint64_t m : {0, 1, 2}) {
      table.names.push_back("m" + std::to_string(m));
      table.table.columns.push_back(OrdinarySeries(kRows, 100, 5, m + 3));
    }
    for (int i = kRows - 8; i < kRows; ++i) {
      table.table.columns[0][static_cast<std::size_t>(i)] += 90;
    }
    return table;
  }

  std::string Csv(const assess::NamedTable& table) {
    std::string text = "m0,m1,m2\n";
    for (std::size_t i = 0; i < kRows; ++i) {
      for (std::size_t m = 0; m < 3; ++m) {
        char number[32];
        std::snprintf(number, sizeof number, "%.17g",
                      table.table.columns[m][i]);
        text += (m == 0 ? "" : ",") + std::string(number);
      }
      text += "\n";
    }
    return text;
  }

  /// Runs a command that must fail; returns its one line of error.
  std::string ErrorOf(const ScoreRequest& request) {
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(RunScore(request, out, err), 1);
    EXPECT_EQ(out.str(), "");
    return err.str();
  }

  std::filesystem::path folder_;
};

ScoreRequest TrainTest(const std::string& train, const std::string& test) {
  ScoreRequest request;
  request.train = train;
  request.test = test;
  return request;
}

ScoreRequest Alerts(const std::string& series, const std::string& rows) {
  ScoreRequest request;
  request.series = series;
  request.rows = rows;
  request.baseline = kBaseline;
  request.gap = kGap;
  return request;
}

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) {
    fields.push_back(field);
  }
  return fields;
}

TEST_F(FilterCommands, ScoreAtSaysWhatTheJudgeOfServeSays) {
  const assess::NamedTable series = Series();
  const ScoreRequest request =
      Alerts(File("s.csv", Csv(series)), File("r.csv", "row\n399\n350\n"));
  std::ostringstream out;
  std::ostringstream err;
  ASSERT_EQ(RunScore(request, out, err), 0) << err.str();
  const Config::JudgeConfig judge{};
  assess::FilterOptions options;
  options.step = request.step;
  options.window = judge.window;
  options.spec.anomaly_threshold = judge.anomaly_threshold;
  options.spec.trees = judge.trees;
  options.spec.sample = judge.sample;
  options.spec.contamination = judge.contamination;
  options.spec.min_baseline = judge.min_baseline;
  std::istringstream lines(out.str());
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "statistic,score,confidence,outcome,factors");
  for (const int row : {399, 350}) {
    const Assessment found =
        Judge(assess::EvidenceAt(series, row, kBaseline, kGap, options),
              options.spec, options.seed);
    ASSERT_TRUE(std::getline(lines, line));
    const std::vector<std::string> fields = Fields(line);
    EXPECT_EQ(std::stod(fields[0]), found.statistic);
    EXPECT_EQ(std::stod(fields[1]), found.score);
    EXPECT_EQ(fields[3], JudgementName(found.outcome));
    EXPECT_EQ(fields[3], row == 399 ? "confirmed" : "not_confirmed");
  }
}

TEST_F(FilterCommands, BadCsvIsOneLineWithFileRowAndColumn) {
  const std::string good = File("good.csv", "a,b\n1,2\n3,4\n");
  const auto error_of = [&](const std::string& text) {
    return ErrorOf(TrainTest(File("bad.csv", text), good));
  };
  EXPECT_NE(error_of("a,b\n1,2\n3,x\n")
                .find("bad.csv: row 2, column b: expected a finite number"),
            std::string::npos);
  EXPECT_NE(error_of("a,b\n1\n").find("row 1, column 2: expected 2 fields"),
            std::string::npos);
  EXPECT_NE(error_of("a,a\n1,2\n").find("row 0, column 2: expected a name"),
            std::string::npos);
  EXPECT_NE(error_of("a,b\n1,1e999\n").find("row 1, column b"),
            std::string::npos);
  EXPECT_NE(error_of("a,b\n").find("expected at least one row"),
            std::string::npos);
  EXPECT_NE(error_of("a,c\n1,2\n").find("column c"), std::string::npos);
  EXPECT_NE(ErrorOf(TrainTest("/nowhere.csv", good)).find("/nowhere"),
            std::string::npos);
}

TEST_F(FilterCommands, RowsOutsideTheSeriesAreRefused) {
  const ScoreRequest request =
      Alerts(File("s.csv", "a,b\n1,2\n3,4\n"), File("r.csv", "row\n2\n"));
  EXPECT_NE(ErrorOf(request).find("row 1, column row: expected a whole number"),
            std::string::npos);
}

TEST(ForecastCommand, AnswersLineByLine) {
  std::string rising = "[";
  for (int i = 0; i < 60; ++i) {
    rising += (i == 0 ? "" : ",") + std::to_string(40 + i / 2.0);
  }
  rising += "]";
  std::istringstream in(
      R"({"history":[],"window":)" + rising +
      R"(,"threshold":74,"direction":"above"})" + "\n" +
      R"({"history":[],"window":[],"threshold":74,"direction":"above"})" +
      "\n");
  std::ostringstream out;
  std::ostringstream err;
  ASSERT_EQ(RunForecast({}, in, out, err), 0);
  std::istringstream lines(out.str());
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto first = nlohmann::json::parse(line);
  EXPECT_EQ(first["outcome"], "confirmed");
  EXPECT_LE(first["eta_low_s"], first["eta_s"]);
  EXPECT_LE(first["eta_s"], first["eta_high_s"]);
  ASSERT_TRUE(std::getline(lines, line));
  const auto second = nlohmann::json::parse(line);
  EXPECT_EQ(second["outcome"], "inconclusive");
  EXPECT_TRUE(second["eta_s"].is_null());
}

TEST(ForecastCommand, ABadLineLeavesNoPartialOutput) {
  std::istringstream in(
      "{\"window\":[1,2],\"threshold\":3}\n"
      "{\"window\":[1,\"x\"],\"threshold\":3}\n");
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunForecast({}, in, out, err), 1);
  EXPECT_EQ(out.str(), "");
  EXPECT_NE(err.str().find("row 2, column window[1]: expected"),
            std::string::npos);
}

}  // namespace
}  // namespace selfheal
