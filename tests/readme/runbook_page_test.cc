#include "app/runbook_page.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "adapters/crypto/digest.h"
#include "adapters/yaml/rule_set_loader.h"
#include "support/paths.h"

namespace selfheal {
namespace {

constexpr char kBegin[] = "<!-- rules -->\n";
constexpr char kEnd[] = "\n<!-- /rules -->\n";

std::string Page() { return testing::SourceDir() + "/docs/runbooks.md"; }

std::string Expected() {
  Config config;
  config.rules_dir = testing::SourceDir() + "/rules";
  config.runbooks_dir = testing::SourceDir() + "/runbooks";
  std::vector<SourceFinding> findings;
  const auto set = yaml::LoadRuleSet(config, Sha256Hex, &findings);
  return set.ok() ? RunbookPage(**set) : set.error().message;
}

// SELFHEAL_WRITE_DOCS=1 writes the page instead of comparing it.
TEST(RunbookPage, IsWhatTheShippedRulesSay) {
  std::ifstream in(Page());
  std::stringstream read;
  read << in.rdbuf();
  const std::string text = read.str();
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::size_t first = begin + sizeof kBegin - 1;
  const std::string expected = Expected();
  if (std::getenv("SELFHEAL_WRITE_DOCS") != nullptr) {
    std::ofstream(Page()) << text.substr(0, first) << expected
                          << text.substr(end);
    return;
  }
  EXPECT_EQ(text.substr(first, end - first), expected)
      << "SELFHEAL_WRITE_DOCS=1 scripts/test --quick writes docs/runbooks.md";
}

TEST(RunbookPage, NamesWhatTriggersConfirmsActsAndUndoes) {
  RuleSet set;
  Rule rule;
  rule.name = "leak";
  rule.runbook = "restart";
  rule.alerts = {{Matcher{.name = "alertname",
                          .op = MatchOp::kEqual,
                          .value = "Leak",
                          .regex = {}}}};
  rule.evidence = {{.name = "memory",
                    .query = "a|b",
                    .unit = "bytes",
                    .limit = "5",
                    .bad = BadDirection::kRises}};
  set.rules = {rule};
  Runbook runbook;
  runbook.name = "restart";
  runbook.steps = {{.action = RollingRestart{},
                    .undo = UndoMode::kAutomatic,
                    .when = {Cause::kLeak}}};
  set.runbooks.emplace("restart", runbook);
  const std::string page = RunbookPage(set);
  for (const char* part :
       {"## leak", "alertname=\"Leak\"", "| `memory` | rises | `5` | `a\\|b` |",
        "Where the cause is `leak`", "`rolling_restart`",
        "Undo: the rollout is put back", "After 1 step without success"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
}

}  // namespace
}  // namespace selfheal
