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
  const std::string text = StoredEvidenceJson(evidence);
  const auto back = ParseStoredEvidence(text);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(StoredEvidenceJson(*back), text);
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
}

TEST(StoredEvidence, ALimitThatIsNoNumberStaysALimit) {
  EvidenceWindow evidence = testing::FullEvidence();
  evidence.metrics[0].limit = std::nan("");
  const auto back = ParseStoredEvidence(StoredEvidenceJson(evidence));
  ASSERT_TRUE(back.ok());
  ASSERT_TRUE(back->metrics[0].limit.has_value());
  EXPECT_TRUE(std::isnan(*back->metrics[0].limit));
}

TEST(StoredEvidence, RubbishIsAnError) {
  for (const char* text : {"", "{}", "[]", "{\"metrics\":[{}],\"changes\":[]}",
                           "{\"metrics\":5,\"changes\":[]}"}) {
    const auto back = ParseStoredEvidence(text);
    ASSERT_FALSE(back.ok()) << text;
    EXPECT_EQ(back.error().code, Code::kDataLoss);
  }
}

TEST(EvidenceJson, HasPointsBandScoresAndLimit) {
  const EvidenceWindow evidence = testing::FullEvidence();
  const json out =
      json::parse(EvidenceJson(evidence, testing::FullIncident().assessment));
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
  EXPECT_EQ(memory["scores"][2], json::array({start + 120, 0.83}));
  EXPECT_EQ(memory["limit"], 100);
  EXPECT_EQ(out["forecast"]["probability"], 0.78);
  const json& errors = out["windows"][1];
  EXPECT_EQ(errors["points"], json::array());
  EXPECT_TRUE(errors["baseline"]["low"].is_null());
  EXPECT_TRUE(errors["limit"].is_null());
}

TEST(EvidenceJson, FewerScoresBelongToTheLastPoints) {
  Assessment judged;
  judged.scores = {0.5};
  const EvidenceWindow evidence = testing::FullEvidence();
  const json out = json::parse(EvidenceJson(evidence, judged));
  const double end = UnixSeconds(evidence.metrics[0].window.End());
  EXPECT_EQ(out["windows"][0]["scores"],
            json::array({json::array({end, 0.5})}));
  EXPECT_TRUE(out["forecast"].is_null());
}

TEST(EvidenceJson, WithoutAJudgementThereAreNoScores) {
  const json out =
      json::parse(EvidenceJson(testing::FullEvidence(), std::nullopt));
  EXPECT_EQ(out["windows"][0]["scores"], json::array());
  EXPECT_TRUE(out["forecast"].is_null());
}

}  // namespace
}  // namespace selfheal
