#include "codec/evidence_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "codec/samples.h"

namespace selfheal {
namespace {

using nlohmann::json;

TEST(StoredEvidence, GoesRoundWithoutLoss) {
  const EvidenceWindow evidence = testing::FullEvidence();
  const std::string text = StoredEvidenceJson({evidence, std::nullopt});
  const auto kept = ParseStoredEvidence(text);
  ASSERT_TRUE(kept.ok()) << kept.error().message;
  EXPECT_EQ(StoredEvidenceJson(*kept), text);
  EXPECT_FALSE(kept->judged.has_value());
  const EvidenceWindow* back = &kept->window;
  ASSERT_EQ(back->metrics.size(), 2u);
  const MetricWindow& memory = back->metrics[0];
  EXPECT_EQ(memory.query, evidence.metrics[0].query);
  EXPECT_EQ(memory.window.start, evidence.metrics[0].window.start);
  EXPECT_EQ(memory.window.values.at(0), 1.5);
  EXPECT_TRUE(std::isnan(memory.window.values.at(1)));
  EXPECT_EQ(memory.limit, 100);
  EXPECT_FALSE(back->metrics[1].limit.has_value());
  EXPECT_TRUE(back->metrics[1].optional);
  EXPECT_EQ(back->metrics[1].problem, "no series");
  EXPECT_EQ(back->changes.at(0).revision, 7);
  EXPECT_EQ(back->problems, evidence.problems);
  ASSERT_EQ(back->pods.size(), 2u);
  EXPECT_EQ(back->pods[0].uid, "uid-1");
  EXPECT_EQ(back->pods[0].node, "n1");
  EXPECT_EQ(back->pods[0].metrics.at(0).window.values.at(2), 3.25);
  EXPECT_TRUE(back->pods[1].metrics.empty());
  EXPECT_EQ(back->pods_problem, "one is missing");
}

TEST(StoredEvidence, ALimitThatIsNoNumberStaysALimit) {
  EvidenceWindow evidence = testing::FullEvidence();
  evidence.metrics[0].limit = std::nan("");
  const auto back =
      ParseStoredEvidence(StoredEvidenceJson({evidence, std::nullopt}));
  ASSERT_TRUE(back.ok());
  ASSERT_TRUE(back->window.metrics[0].limit.has_value());
  EXPECT_TRUE(std::isnan(*back->window.metrics[0].limit));
}

TEST(StoredEvidence, KeepsHowItWasJudgedToTheBit) {
  const Judged judged{{.anomaly_threshold = 0.1 + 0.2,
                       .forecast_of = "memory",
                       .horizon = seconds(901),
                       .forecast_probability = 1.0 / 3,
                       .level_gate = 0.7,
                       .need = ConfirmSpec::Need::kAll,
                       .trees = 7,
                       .sample = 99,
                       .contamination = 1e-17,
                       .min_baseline = 61,
                       .together_with = {"cpu", "latency"},
                       .causes = {Cause::kLoad, Cause::kOnePod}},
                      *testing::FullIncident().assessment};
  const std::string text =
      StoredEvidenceJson({testing::FullEvidence(), judged});
  const auto back = ParseStoredEvidence(text);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(StoredEvidenceJson(*back), text);
  ASSERT_TRUE(back->judged.has_value());
  EXPECT_EQ(Differences(back->judged->assessment, judged.assessment),
            std::vector<std::string>());
  const ConfirmSpec& options = back->judged->options;
  EXPECT_EQ(options.anomaly_threshold, judged.options.anomaly_threshold);
  EXPECT_EQ(options.forecast_probability, 1.0 / 3);
  EXPECT_EQ(options.contamination, 1e-17);
  EXPECT_EQ(options.need, ConfirmSpec::Need::kAll);
  EXPECT_EQ(options.horizon, seconds(901));
  EXPECT_EQ(options.min_baseline, 61);
  EXPECT_EQ(options.together_with, judged.options.together_with);
  EXPECT_EQ(options.causes, judged.options.causes);
}

TEST(StoredEvidence, RubbishIsAnError) {
  for (const char* text : {"", "{}", "[]", "{\"metrics\":[{}],\"changes\":[]}",
                           "{\"metrics\":5,\"changes\":[]}"}) {
    const auto back = ParseStoredEvidence(text);
    ASSERT_FALSE(back.ok()) << text;
    EXPECT_EQ(back.error().code, Code::kDataLoss);
  }
}

/// FullEvidence, judged so.
KeptEvidence Kept(const std::optional<Assessment>& assessment) {
  KeptEvidence kept{testing::FullEvidence(), std::nullopt};
  if (assessment) kept.judged = Judged{{}, *assessment};
  return kept;
}

TEST(EvidenceJson, HasPointsBandScoresAndLimit) {
  const EvidenceWindow evidence = testing::FullEvidence();
  const json out = json::parse(EvidenceJson(
      Kept(testing::FullIncident().assessment), {}, {0.1, std::nan(""), 0.83}));
  ASSERT_EQ(out["windows"].size(), 2u);
  const json& memory = out["windows"][0];
  EXPECT_EQ(memory["name"], "memory");
  EXPECT_EQ(memory["unit"], "bytes");
  EXPECT_EQ(memory["role"], "rises");
  EXPECT_EQ(memory["step_s"], 60);
  const double start = UnixSeconds(evidence.metrics[0].window.start);
  EXPECT_EQ(memory["points"], json::array({json::array({start, 1.5}),
                                           json::array({start + 60, nullptr}),
                                           json::array({start + 120, 3.25})}));
  EXPECT_NEAR(memory["baseline"]["low"].get<double>(), 1.04, 1e-9);
  EXPECT_NEAR(memory["baseline"]["high"].get<double>(), 4.96, 1e-9);
  ASSERT_EQ(memory["scores"].size(), 3u);
  EXPECT_EQ(memory["scores"][1], json::array({start + 60, nullptr}));
  EXPECT_EQ(memory["scores"][2], json::array({start + 120, 0.83}));
  EXPECT_EQ(memory["limit"], 100);
  EXPECT_EQ(out["forecast"]["probability"], 0.78);
  const json& errors = out["windows"][1];
  EXPECT_EQ(errors["points"], json::array());
  EXPECT_TRUE(errors["baseline"]["low"].is_null());
  EXPECT_TRUE(errors["limit"].is_null());
}

TEST(EvidenceJson, FewerScoresBelongToTheLastPoints) {
  const EvidenceWindow evidence = testing::FullEvidence();
  const json out = json::parse(EvidenceJson(Kept(Assessment{}), {}, {0.5}));
  const double end = UnixSeconds(evidence.metrics[0].window.End());
  EXPECT_EQ(out["windows"][0]["scores"],
            json::array({json::array({end, 0.5})}));
  EXPECT_TRUE(out["forecast"].is_null());
}

TEST(EvidenceJson, WithoutAJudgementThereAreNoScores) {
  const json out =
      json::parse(EvidenceJson(Kept(std::nullopt), std::nullopt, {}));
  EXPECT_EQ(out["windows"][0]["scores"], json::array());
  EXPECT_TRUE(out["forecast"].is_null());
  EXPECT_TRUE(out["later_at"].is_null());
}

TEST(EvidenceJson, GoesOnWithWhatWasTakenLater) {
  const EvidenceWindow first = testing::FullEvidence();
  EvidenceWindow later = first;
  later.at += std::chrono::minutes(1);
  SampleGrid& grid = later.metrics[0].window;
  grid.start += grid.step;
  grid.values = {7, 8, 9};
  const auto points = [&] {
    return json::parse(
        EvidenceJson(Kept(std::nullopt), later, {}))["windows"][0]["points"];
  };
  const double start = UnixSeconds(first.metrics[0].window.start);
  // What both have stands as it was judged.
  json expected = {{start, 1.5},
                   {start + 60, nullptr},
                   {start + 120, 3.25},
                   {start + 180, 9}};
  EXPECT_EQ(points(), expected);
  // A gap is one null, so that no line is drawn over it.
  grid.start += 5 * grid.step;
  expected = {{start, 1.5},        {start + 60, nullptr},
              {start + 120, 3.25}, {start + 180, nullptr},
              {start + 360, 7},    {start + 420, 8},
              {start + 480, 9}};
  EXPECT_EQ(points(), expected);
  later.metrics.clear();
  EXPECT_EQ(points().size(), 3u);
}

}  // namespace
}  // namespace selfheal
