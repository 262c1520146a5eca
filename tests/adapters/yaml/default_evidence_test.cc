#include "adapters/yaml/default_evidence.h"

#include <gtest/gtest.h>

#include "adapters/yaml/promql_check.h"
#include "adapters/yaml/rule_reader.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kHead =
    "apiVersion: selfheal.dev/v1\nkind: Rule\nmetadata: {name: r}\nspec:\n"
    "  type: memory_leak\n  alerts: ['alertname=\"A\"']\n  runbook: r\n";

Rule Read(const std::string& spec) {
  std::vector<SourceFinding> findings;
  FindingSink sink("rule.yaml", &findings);
  const auto root = ParseTree(kHead + spec, sink);
  auto loaded = root ? ReadRule(*root, Config(), sink) : std::nullopt;
  EXPECT_EQ(testing::Texts(findings), Names());
  return loaded ? loaded->rule : Rule();
}

Names NamesOf(const Rule& rule) {
  Names names;
  for (const EvidenceQuery& query : rule.evidence) names.push_back(query.name);
  return names;
}

const EvidenceQuery& Query(const Rule& rule, const std::string& name) {
  for (const EvidenceQuery& query : rule.evidence) {
    if (query.name == name) return query;
  }
  ADD_FAILURE() << name;
  return rule.evidence.front();
}

const std::string kOwn = "  evidence: {own: {query: 'sum(x{$target})'}}\n";

TEST(DefaultEvidence, EveryWorkloadIsJudgedByTheFeaturesTogether) {
  const Rule rule = Read("  target: workload\n" + kOwn);
  EXPECT_EQ(NamesOf(rule),
            (Names{"own", "cpu_usage_percent", "memory_usage_percent",
                   "error_rate_per_second", "latency_p50_ms", "latency_p95_ms",
                   "latency_p99_ms", "request_rate_per_second"}));
  for (const EvidenceQuery& query : rule.evidence) {
    EXPECT_EQ(query.optional, query.name != "own") << query.name;
    const QueryCheck check = CheckQuery(query.query, rule.target);
    EXPECT_EQ(check.problem, "") << query.query;
    EXPECT_TRUE(check.names_target) << query.query;
  }
  EXPECT_EQ(Query(rule, "latency_p95_ms").unit, "ms");
  EXPECT_TRUE(Query(rule, "latency_p95_ms").log_transform);
  EXPECT_EQ(Query(rule, "cpu_usage_percent").bad, BadDirection::kRises);
  EXPECT_FALSE(Query(rule, "cpu_usage_percent").log_transform);
  EXPECT_EQ(Query(rule, "memory_usage_percent").limit, "100");
  EXPECT_EQ(Query(rule, "request_rate_per_second").bad, BadDirection::kEither);
}

TEST(DefaultEvidence, TheirRatesLookBackAsFarAsTheRule) {
  const Rule rule = Read("  target: workload\n  look_back: 90s\n" + kOwn);
  EXPECT_EQ(Query(rule, "request_rate_per_second").query,
            "sum(rate(http_requests_total{$target}[1m30s]))");
  EXPECT_EQ(Query(rule, "latency_p99_ms").query,
            "1000 * histogram_quantile(0.99, sum by (le) "
            "(rate(http_request_duration_seconds_bucket{$target}[1m30s])))");
}

TEST(DefaultEvidence, AQueryOfTheNameTakesItsPlace) {
  const Rule rule = Read(
      "  target: workload\n  evidence:\n    cpu_usage_percent:\n"
      "      query: 'sum(mine{$target})'\n");
  EXPECT_EQ(NamesOf(rule).size(), 7U);
  EXPECT_EQ(rule.evidence.front().query, "sum(mine{$target})");
  EXPECT_FALSE(rule.evidence.front().optional);
}

TEST(DefaultEvidence, AForecastMayBeOfOne) {
  const Rule rule = Read("  target: workload\n" + kOwn +
                         "  confirm: {forecast: {of: memory_usage_percent}}\n");
  EXPECT_EQ(rule.confirm.forecast_of, "memory_usage_percent");
}

TEST(DefaultEvidence, IsLeftOutOnRequestAndForOtherTargets) {
  EXPECT_EQ(
      NamesOf(Read("  target: workload\n  default_evidence: false\n" + kOwn)),
      Names{"own"});
  EXPECT_EQ(NamesOf(Read("  target: pod\n" + kOwn)), Names{"own"});
}

}  // namespace
}  // namespace selfheal::yaml
