// Tells every story of this folder to the whole pipeline.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "flow/replay.h"
#include "sim/scenario/runner.h"
#include "tests/support/paths.h"

namespace selfheal::testing {
namespace {

std::vector<std::string> Files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceDir() + "/tests/scenarios")) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Each assessment can be recomputed from what the store was given.
void ExpectReplayable(const FakeStoreState& state) {
  std::map<std::string, std::vector<const AuditRecord*>> rows;
  for (const AuditRecord& row : state.audit) {
    if (row.stage == Stage::kAssess) rows[row.incident_id].push_back(&row);
  }
  for (const auto& [incident, assessed] : rows) {
    std::vector<std::shared_ptr<const KeptEvidence>> judged;
    for (const auto& kept : state.evidence.at(incident)) {
      if (kept->judged) judged.push_back(kept);
    }
    ASSERT_EQ(judged.size(), assessed.size());
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const Replay replay = ReplayAssessment(*assessed[i], *judged[i]);
      EXPECT_EQ(replay.outcome, ReplayOutcome::kIdentical) << replay.detail;
    }
  }
}

class ScenarioTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, EndsAsWritten) {
  std::vector<SourceFinding> findings;
  const Scenario scenario = ReadScenario(GetParam(), &findings);
  for (const SourceFinding& finding : findings) {
    ADD_FAILURE() << ToString(finding);
  }
  ASSERT_TRUE(findings.empty());
  Pipeline pipeline(scenario.config);
  EXPECT_TRUE(pipeline.findings.empty()) << ToString(pipeline.findings.front());
  for (const Difference& difference : Tell(scenario, pipeline)) {
    ADD_FAILURE() << ToString(difference);
  }
  ExpectReplayable(pipeline.store.state());
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& param) {
  std::string name = std::filesystem::path(param.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Told, ScenarioTest, ::testing::ValuesIn(Files()),
                         NameOf);

}  // namespace
}  // namespace selfheal::testing
