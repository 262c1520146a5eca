#include "adapters/yaml/confirm_reader.h"

#include <gtest/gtest.h>

#include "adapters/yaml/rule_json.h"
#include "adapters/yaml/rule_reader.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

std::vector<std::string> Read(const std::string& forecast,
                              std::optional<Rule>& rule) {
  std::vector<SourceFinding> findings;
  FindingSink sink("rule.yaml", &findings);
  const auto root = ParseTree(
      "apiVersion: selfheal.dev/v1\nkind: Rule\nmetadata: {name: r}\nspec:\n"
      "  type: memory_leak\n  alerts: ['alertname=\"A\"']\n  runbook: r\n"
      "  target: workload\n"
      "  evidence: {own: {query: 'sum(x{$target})'}}\n"
      "  confirm: {forecast: " +
          forecast + "}\n",
      sink);
  if (root) {
    if (auto loaded = ReadRule(*root, Config(), sink)) rule = loaded->rule;
  }
  return testing::Texts(findings);
}

TEST(ConfirmReader, AForecastReachesALimitOrAHistory) {
  std::optional<Rule> rule;
  EXPECT_EQ(Read("{of: own, reaches: history}", rule),
            std::vector<std::string>());
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->confirm.reaches, ConfirmSpec::Reaches::kHistory);
  EXPECT_NE(CanonicalRule(*rule).find(R"("reaches":"history")"),
            std::string::npos);
}

TEST(ConfirmReader, AQueryWithoutALimitIsTold) {
  std::optional<Rule> rule;
  const auto findings = Read("{of: own}", rule);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_NE(findings[0].find("`reaches: history`"), std::string::npos)
      << findings[0];
}

}  // namespace
}  // namespace selfheal::yaml
