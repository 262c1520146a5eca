#include "architecture/coverage.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/paths.h"

namespace selfheal::architecture {
namespace {

std::string CompileCommands() {
  std::ifstream in(testing::BuildDir() + "/compile_commands.json");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Files directly in `folder`, as the product loads them.
std::vector<SourceFile> Definitions(const std::string& folder) {
  auto files = ReadTree({folder}, {".yaml", ".yml"});
  std::erase_if(files, [&](const SourceFile& file) {
    return file.path.find('/', folder.size() + 1) != std::string::npos;
  });
  return files;
}

TEST(InNoTarget, ReportsATestThatIsNotCompiled) {
  const std::vector<SourceFile> tests = {FromText("tests/core/a_test.cc", ""),
                                         FromText("tests/core/b_test.cc", ""),
                                         FromText("tests/core/fixture.cc", "")};
  const auto findings =
      InNoTarget(tests, R"([{"file": "/src/tests/core/a_test.cc"}])");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0], "tests/core/b_test.cc: is in no target");
}

TEST(Product, EveryTestIsInATarget) {
  const auto tests = ReadTree({"tests"}, {"_test.cc"});
  ASSERT_FALSE(tests.empty());
  const auto findings = InNoTarget(tests, CompileCommands());
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

TEST(WithoutScenario, ReportsARuleThatNoScenarioNames) {
  const std::vector<SourceFile> rules = {
      FromText("rules/leak.yaml", "metadata: {name: memory-leak}\n"),
      FromText("rules/cpu.yaml", "metadata:\n  labels: {}\n  name: cpu\n"),
      FromText("rules/none.yaml", "spec: {}\n")};
  const auto findings = WithoutScenario(
      rules, {FromText("tests/scenarios/a.yml", "rule: cpu-throttling\n"),
              FromText("tests/scenarios/b.yml", "runbook: memory-leak\n")});
  ASSERT_EQ(findings.size(), 2u) << Join(findings);
  EXPECT_EQ(findings[0], "rules/cpu.yaml: no scenario names cpu");
  EXPECT_EQ(findings[1], "rules/none.yaml: has no metadata.name");
}

TEST(Product, EveryRuleAndRunbookHasAScenario) {
  const auto scenarios = ReadTree({"tests/scenarios"}, {".yml", ".yaml"});
  for (const char* folder : {"rules", "runbooks"}) {
    const auto definitions = Definitions(folder);
    EXPECT_FALSE(definitions.empty()) << folder;
    const auto findings = WithoutScenario(definitions, scenarios);
    EXPECT_TRUE(findings.empty()) << Join(findings);
  }
}

TEST(Unfinished, ReportsMarksAndMachinePaths) {
  const std::string mark = std::string("TO") + "DO";
  const std::string path = std::string("/wo") + "rk/x";
  const auto findings = Unfinished(
      {FromText("src/a.cc", "// " + mark + ": later\nint a;\n// " + path)});
  ASSERT_EQ(findings.size(), 2u) << Join(findings);
  EXPECT_EQ(findings[0], "src/a.cc:1: " + mark);
}

TEST(Product, HasNoMarksOfUnfinishedWork) {
  const auto files =
      ReadTree({"src", "receiver", "tests", "bench", "scripts", "rules",
                "runbooks", "k8s", "config", "docs", "cmake", "web"},
               {".cc", ".h", ".js", ".css", ".html", ".md", ".yaml", ".yml",
                ".sh", ".py", ".cmake", "build", "test", "demo", "bench",
                "lint", "fresh", "deps", "image-check"});
  ASSERT_FALSE(files.empty());
  const auto findings = Unfinished(files);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

}  // namespace
}  // namespace selfheal::architecture
