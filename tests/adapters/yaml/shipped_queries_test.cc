// The shipped evidence queries, run by Prometheus' own promtool on series as
// kube-prometheus-stack has them: each answers with one series, calm is a real
// zero, and what is not known stays absent.

#include <gtest/gtest.h>

#include <cstdlib>

#include "collect/promql.h"
#include "support/paths.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

/// A Deployment `cart` with a calm pod and one of an earlier revision.
constexpr std::string_view kSeries = R"(
      - series: 'kube_pod_container_status_restarts_total{namespace="shop",pod="cart-7c9f-abcde",container="app",uid="u1"}'
        values: '4x60'
      - series: 'kube_pod_container_status_restarts_total{namespace="shop",pod="cart-7c9f-fghij",container="app",uid="u2"}'
        values: '0x30 1x30'
      - series: 'kube_pod_container_status_waiting_reason{namespace="shop",pod="loop-7c9f-abcde",container="app",uid="u9",reason="CrashLoopBackOff"}'
        values: '_x50 1x3 _x60'
      - series: 'kube_pod_container_status_restarts_total{namespace="shop",pod="loop-7c9f-abcde",container="app",uid="u9"}'
        values: '0+1x60'
      - series: 'kube_pod_container_status_ready{namespace="shop",pod="cart-7c9f-abcde",container="app",uid="u1"}'
        values: '1x60'
      - series: 'container_memory_working_set_bytes{namespace="shop",pod="cart-7c9f-abcde",container="app",id="/a"}'
        values: '500x60'
      - series: 'container_memory_working_set_bytes{namespace="shop",pod="cart-7c9f-abcde",container="proxy",id="/b"}'
        values: '90x60'
      - series: 'container_memory_working_set_bytes{namespace="shop",pod="cart-7c9f-abcde",container="",id="/p"}'
        values: '590x60'
      - series: 'container_memory_working_set_bytes{namespace="shop",pod="cart-7c9f-fghij",container="app",id="/c"}'
        values: '600x60'
      - series: 'container_memory_working_set_bytes{namespace="shop",pod="cartridge-7c9f-zzzzz",container="app",id="/z"}'
        values: '9000x60'
      - series: 'kube_pod_container_resource_limits{namespace="shop",pod="cart-7c9f-abcde",container="app",resource="memory",uid="u1"}'
        values: '1000x60'
      - series: 'kube_pod_container_resource_limits{namespace="shop",pod="cart-7c9f-abcde",container="proxy",resource="memory",uid="u1"}'
        values: '100x60'
      - series: 'kube_pod_container_resource_limits{namespace="shop",pod="cart-7c9f-abcde",container="app",resource="cpu",uid="u1"}'
        values: '2x60'
      - series: 'container_cpu_usage_seconds_total{namespace="shop",pod="cart-7c9f-abcde",container="app"}'
        values: '0+60x60'
      - series: 'container_cpu_cfs_periods_total{namespace="shop",pod="cart-7c9f-abcde",container="app"}'
        values: '0+600x60'
      - series: 'container_cpu_cfs_throttled_periods_total{namespace="shop",pod="cart-7c9f-abcde",container="app"}'
        values: '0+150x60'
      - series: 'container_cpu_cfs_periods_total{namespace="shop",pod="idle-7c9f-abcde",container="app"}'
        values: '0x60'
      - series: 'container_cpu_cfs_throttled_periods_total{namespace="shop",pod="idle-7c9f-abcde",container="app"}'
        values: '0x60'
      - series: 'http_requests_total{namespace="shop",pod="cart-7c9f-abcde",code="200"}'
        values: '0+120x60'
      - series: 'http_request_duration_seconds_bucket{namespace="shop",pod="cart-7c9f-abcde",le="0.1"}'
        values: '0+60x60'
      - series: 'http_request_duration_seconds_bucket{namespace="shop",pod="cart-7c9f-abcde",le="0.2"}'
        values: '0+120x60'
      - series: 'http_request_duration_seconds_bucket{namespace="shop",pod="cart-7c9f-abcde",le="+Inf"}'
        values: '0+120x60'
      - series: 'hikaricp_connections_active{namespace="shop",pod="cart-7c9f-abcde",pool="main"}'
        values: '8x60'
      - series: 'hikaricp_connections_max{namespace="shop",pod="cart-7c9f-abcde",pool="main"}'
        values: '10x60'
      - series: 'hikaricp_connections_pending{namespace="shop",pod="cart-7c9f-abcde",pool="main"}'
        values: '0x60'
      - series: 'hikaricp_connections_active{namespace="shop",pod="cart-7c9f-abcde",pool="reports"}'
        values: '1x60'
      - series: 'hikaricp_connections_max{namespace="shop",pod="cart-7c9f-abcde",pool="reports"}'
        values: '10x60'
      - series: 'hikaricp_active_connections{namespace="shop",pod="old-7c9f-abcde",pool="main"}'
        values: '5x60'
      - series: 'hikaricp_max_connections{namespace="shop",pod="old-7c9f-abcde",pool="main"}'
        values: '10x60'
      - series: 'hikaricp_pending_threads{namespace="shop",pod="old-7c9f-abcde",pool="main"}'
        values: '2x60'
      - series: 'go_sql_in_use_connections{namespace="shop",pod="go-7c9f-abcde",db_name="orders"}'
        values: '18x60'
      - series: 'go_sql_max_open_connections{namespace="shop",pod="go-7c9f-abcde",db_name="orders"}'
        values: '20x60'
      - series: 'go_sql_wait_count_total{namespace="shop",pod="go-7c9f-abcde",db_name="orders"}'
        values: '0+30x60'
      - series: 'go_sql_in_use_connections{namespace="shop",pod="free-7c9f-abcde",db_name="orders"}'
        values: '18x60'
      - series: 'go_sql_max_open_connections{namespace="shop",pod="free-7c9f-abcde",db_name="orders"}'
        values: '0x60'
      - series: 'pgbouncer_pools_server_active_connections{namespace="shop",pod="bouncer-7c9f-abcde",database="orders",user="app"}'
        values: '15x60'
      - series: 'pgbouncer_databases_pool_size{namespace="shop",pod="bouncer-7c9f-abcde",database="orders",host="db"}'
        values: '20x60'
      - series: 'pgbouncer_pools_client_waiting_connections{namespace="shop",pod="bouncer-7c9f-abcde",database="orders",user="app"}'
        values: '3x60'
)";

/// A node `n1` that has been lost for a while, and others that are well.
constexpr std::string_view kNodeSeries = R"(
      - series: 'kube_node_status_condition{node="n1",condition="Ready",status="unknown"}'
        values: '0x30 1x40'
      - series: 'kube_node_status_condition{node="n1",condition="Ready",status="true"}'
        values: '1x70'
      - series: 'kube_node_status_condition{node="n1",condition="MemoryPressure",status="true"}'
        values: '0x70'
      - series: 'kube_node_status_condition{node="n1",condition="DiskPressure",status="true"}'
        values: '0x70'
      - series: 'kube_node_status_condition{node="n2",condition="Ready",status="unknown"}'
        values: '0x70'
      - series: 'kube_node_status_condition{node="n2",condition="DiskPressure",status="true"}'
        values: '1x70'
      - series: 'kube_lease_renew_time{lease="n1"}'
        values: '3000x70'
      - series: 'container_memory_working_set_bytes{node="n1",id="/"}'
        values: '90x70'
      - series: 'container_memory_working_set_bytes{node="n2",id="/"}'
        values: '50x70'
      - series: 'container_memory_working_set_bytes{node="n3",id="/"}'
        values: '60x70'
      - series: 'container_memory_working_set_bytes{node="n4",id="/"}'
        values: '40x70'
      - series: 'machine_memory_bytes{node="n1"}'
        values: '100x70'
      - series: 'machine_memory_bytes{node="n2"}'
        values: '100x70'
      - series: 'machine_memory_bytes{node="n3"}'
        values: '100x70'
      - series: 'machine_memory_bytes{node="n4"}'
        values: '100x70'
      - series: 'kube_pod_info{namespace="shop",pod="a",uid="u1",node="n1"}'
        values: '1x70'
      - series: 'kube_pod_info{namespace="shop",pod="b",uid="u2",node="n1"}'
        values: '1x70'
      - series: 'kube_pod_status_ready{namespace="shop",pod="a",uid="u1",condition="false"}'
        values: '1x70'
      - series: 'kube_pod_status_ready{namespace="shop",pod="b",uid="u2",condition="false"}'
        values: '0x70'
      - series: 'container_fs_usage_bytes{node="n1",id="/",device="d"}'
        values: '60x70'
      - series: 'container_fs_limit_bytes{node="n1",id="/",device="d"}'
        values: '100x70'
      - series: 'node_filesystem_avail_bytes{instance="10:9100",fstype="ext4",mountpoint="/"}'
        values: '30x70'
      - series: 'node_filesystem_size_bytes{instance="10:9100",fstype="ext4",mountpoint="/"}'
        values: '100x70'
      - series: 'node_filesystem_files{instance="10:9100",fstype="ext4",mountpoint="/"}'
        values: '100x70'
      - series: 'node_filesystem_files_free{instance="10:9100",fstype="ext4",mountpoint="/"}'
        values: '15x70'
      - series: 'node_uname_info{instance="10:9100",nodename="n1"}'
        values: '1x70'
      - series: 'node_filesystem_avail_bytes{instance="11:9100",fstype="ext4",mountpoint="/"}'
        values: '1x70'
      - series: 'node_filesystem_size_bytes{instance="11:9100",fstype="ext4",mountpoint="/"}'
        values: '100x70'
      - series: 'node_uname_info{instance="11:9100",nodename="n2"}'
        values: '1x70'
)";

/// `data` runs out of inodes; the file system of `log` counts none.
constexpr std::string_view kVolumeSeries = R"(
      - series: 'kubelet_volume_stats_available_bytes{namespace="shop",persistentvolumeclaim="data"}'
        values: '50x70'
      - series: 'kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="data"}'
        values: '100x70'
      - series: 'kubelet_volume_stats_inodes_free{namespace="shop",persistentvolumeclaim="data"}'
        values: '5x70'
      - series: 'kubelet_volume_stats_inodes{namespace="shop",persistentvolumeclaim="data"}'
        values: '100x70'
      - series: 'kubelet_volume_stats_available_bytes{namespace="shop",persistentvolumeclaim="log"}'
        values: '40x70'
      - series: 'kubelet_volume_stats_capacity_bytes{namespace="shop",persistentvolumeclaim="log"}'
        values: '100x70'
      - series: 'kubelet_volume_stats_inodes_free{namespace="shop",persistentvolumeclaim="log"}'
        values: '0x70'
      - series: 'kubelet_volume_stats_inodes{namespace="shop",persistentvolumeclaim="log"}'
        values: '0x70'
)";

/// HPAs that have had their maximum of 4 for an hour; for `calm` one wanted
/// less for a while, for `custom` one scales by a queue, for `bare` there is
/// none.
constexpr std::string_view kHpaSeries = R"(
      - series: 'container_cpu_usage_seconds_total{namespace="shop",pod="cart-7c9f-abcde",container="app"}'
        values: '0+60x60'
      - series: 'kube_pod_container_resource_requests{namespace="shop",pod="cart-7c9f-abcde",container="app",resource="cpu"}'
        values: '0.8x60'
      - series: 'kube_horizontalpodautoscaler_info{namespace="shop",horizontalpodautoscaler="cart-hpa",scaletargetref_kind="Deployment",scaletargetref_name="cart"}'
        values: '1x60'
      - series: 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="cart-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_current_replicas{namespace="shop",horizontalpodautoscaler="cart-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_desired_replicas{namespace="shop",horizontalpodautoscaler="cart-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_spec_target_metric{namespace="shop",horizontalpodautoscaler="cart-hpa",metric_name="cpu",metric_target_type="utilization"}'
        values: '70x60'
      - series: 'container_cpu_usage_seconds_total{namespace="shop",pod="calm-7c9f-abcde",container="app"}'
        values: '0+60x60'
      - series: 'kube_pod_container_resource_requests{namespace="shop",pod="calm-7c9f-abcde",container="app",resource="cpu"}'
        values: '0.8x60'
      - series: 'kube_horizontalpodautoscaler_info{namespace="shop",horizontalpodautoscaler="calm-hpa",scaletargetref_kind="Deployment",scaletargetref_name="calm"}'
        values: '1x60'
      - series: 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="calm-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_current_replicas{namespace="shop",horizontalpodautoscaler="calm-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_desired_replicas{namespace="shop",horizontalpodautoscaler="calm-hpa"}'
        values: '4x52 3x1 4x10'
      - series: 'kube_horizontalpodautoscaler_spec_target_metric{namespace="shop",horizontalpodautoscaler="calm-hpa",metric_name="cpu",metric_target_type="utilization"}'
        values: '70x60'
      - series: 'container_cpu_usage_seconds_total{namespace="shop",pod="bare-7c9f-abcde",container="app"}'
        values: '0+60x60'
      - series: 'kube_pod_container_resource_requests{namespace="shop",pod="bare-7c9f-abcde",container="app",resource="cpu"}'
        values: '0.8x60'
      - series: 'container_cpu_usage_seconds_total{namespace="shop",pod="custom-7c9f-abcde",container="app"}'
        values: '0+60x60'
      - series: 'kube_pod_container_resource_requests{namespace="shop",pod="custom-7c9f-abcde",container="app",resource="cpu"}'
        values: '0.8x60'
      - series: 'kube_horizontalpodautoscaler_info{namespace="shop",horizontalpodautoscaler="custom-hpa",scaletargetref_kind="Deployment",scaletargetref_name="custom"}'
        values: '1x60'
      - series: 'kube_horizontalpodautoscaler_spec_max_replicas{namespace="shop",horizontalpodautoscaler="custom-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_current_replicas{namespace="shop",horizontalpodautoscaler="custom-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_status_desired_replicas{namespace="shop",horizontalpodautoscaler="custom-hpa"}'
        values: '4x60'
      - series: 'kube_horizontalpodautoscaler_spec_target_metric{namespace="shop",horizontalpodautoscaler="custom-hpa",metric_name="queue",metric_target_type="average"}'
        values: '9x60'
)";

/// What one query of a rule answers about one Deployment, or "KIND/...".
struct Expectation {
  std::string rule;
  std::string query;  ///< Its name, or "NAME limit".
  std::string workload;
  std::string value;  ///< Empty: no series.
};

ObjectRef TargetOf(const Expectation& expected) {
  const auto node = ParseObjectRef(expected.workload);
  if (node) return *node;
  return {ObjectKind::kDeployment, "shop", expected.workload};
}

std::string Expanded(const RuleSet& set, const Expectation& expected) {
  for (const Rule& rule : set.rules) {
    if (rule.name != expected.rule) continue;
    for (const EvidenceQuery& query : rule.evidence) {
      const bool limit = expected.query == query.name + " limit";
      if (query.name != expected.query && !limit) continue;
      const auto text = ExpandQuery(limit ? query.limit.value() : query.query,
                                    {.target = TargetOf(expected), .pods = {}});
      if (text.ok()) return *text;
      ADD_FAILURE() << text.error().message;
    }
  }
  ADD_FAILURE() << "no query " << expected.rule << "." << expected.query;
  return "";
}

/// One entry of promql_expr_test.
std::string Entry(const std::string& expr, const std::string& value) {
  std::string quoted = "'";
  for (const char c : expr) quoted += c == '\'' ? "''" : std::string(1, c);
  std::string text = "      - expr: " + quoted + "'\n        eval_time: 55m\n";
  if (value.empty()) return text + "        exp_samples: []\n";
  return text + "        exp_samples: [{labels: '{}', value: " + value + "}]\n";
}

/// Each of `expectations` about `series`, by promtool.
void ExpectAnswers(std::string_view series,
                   const std::vector<Expectation>& expectations) {
  if (std::system("command -v promtool > /dev/null") != 0) {
    GTEST_SKIP() << "promtool (Debian package prometheus) is not installed";
  }
  Config config;
  config.rules_dir = selfheal::testing::SourceDir() + "/rules";
  config.runbooks_dir = selfheal::testing::SourceDir() + "/runbooks";
  std::vector<SourceFinding> findings;
  const auto set = LoadRuleSet(config, testing::FakeDigest, &findings);
  ASSERT_TRUE(set.ok()) << set.error().message;
  std::string text =
      "rule_files: []\nevaluation_interval: 1m\ntests:\n"
      "  - interval: 1m\n    input_series:" +
      std::string(series) + "    promql_expr_test:\n";
  for (const Expectation& expected : expectations) {
    text += Entry(Expanded(**set, expected), expected.value);
  }
  const testing::TempFolder folder;
  folder.Write("queries_test.yml", text);
  const std::string command =
      "promtool test rules '" + folder.Path("queries_test.yml") + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << text;
}

TEST(ShippedQueries, AnswerAboutANode) {
  ExpectAnswers(kNodeSeries,
                {{"node-pressure", "trouble", "Node/n1", "1"},
                 {"node-pressure", "trouble", "Node/n2", "0"},
                 {"node-pressure", "trouble", "Node/n9", ""},
                 {"node-pressure", "lease_age", "Node/n1", "300"},
                 {"node-pressure", "lease_age", "Node/n2", ""},
                 {"node-pressure", "memory_over_others", "Node/n1", "40"},
                 {"node-pressure", "pods_not_ready", "Node/n1", "1"},
                 {"node-pressure", "pods_not_ready", "Node/n2", ""},
                 {"disk-pressure", "full", "Node/n1", "85"},
                 {"disk-pressure", "full", "Node/n2", "100"},
                 {"disk-pressure", "full", "Node/n9", ""}});
}

TEST(ShippedQueries, AnswerAboutAVolume) {
  const std::string claim = "PersistentVolumeClaim/shop/";
  ExpectAnswers(kVolumeSeries,
                {{"volume-filling", "used_percent", claim + "data", "95"},
                 {"volume-filling", "used_percent", claim + "log", "60"},
                 {"volume-filling", "used_percent", claim + "none", ""}});
}

TEST(ShippedQueries, AnswerAboutAnHpa) {
  const std::string rule = "hpa-maxed-out";
  const std::string used = "cpu_at_hpa_max_percent";
  ExpectAnswers(kHpaSeries, {{rule, used, "cart", "125"},
                             {rule, used + " limit", "cart", "70"},
                             {rule, used, "calm", "0"},
                             {rule, used, "custom", "125"},
                             {rule, used + " limit", "custom", ""},
                             {rule, used, "bare", ""}});
}

TEST(ShippedQueries, AnswerWithOneSeriesOrNone) {
  ExpectAnswers(
      kSeries,
      {{"crash-loop", "restarts", "cart", "0"},
       {"crash-loop", "restarts", "none", ""},
       {"crash-loop", "waiting", "cart", "0"},
       {"crash-loop", "waiting", "loop", "1"},
       {"crash-loop", "waiting", "none", ""},
       {"crash-loop", "not_ready", "cart", "0"},
       {"memory-leak", "memory", "cart", "600"},
       {"memory-leak", "memory", "none", ""},
       {"memory-leak", "memory_usage_percent", "cart", "90"},
       {"memory-leak", "memory_usage_percent", "cartridge", ""},
       {"memory-leak", "cpu_usage_percent", "cart", "50"},
       {"memory-leak", "error_rate_per_second", "cart", "0"},
       {"memory-leak", "error_rate_per_second", "loop", ""},
       {"memory-leak", "request_rate_per_second", "cart", "2"},
       {"memory-leak", "latency_p50_ms", "cart", "100"},
       {"memory-leak", "latency_p95_ms", "cart", "190"},
       {"memory-leak", "latency_p99_ms", "cart", "198"},
       {"memory-leak", "latency_p99_ms", "loop", ""},
       {"cpu-throttling", "throttled_percent", "cart", "25"},
       {"cpu-throttling", "throttled_percent", "idle", ""},
       {"cpu-throttling", "throttled_percent", "none", ""},
       {"cpu-throttling", "cpu_usage_percent", "cart", "50"},
       {"network-latency", "latency_p99_ms", "cart", "198"},
       {"network-latency", "latency_p99_ms", "none", ""},
       {"network-latency", "request_rate_per_second", "cart", "2"},
       {"connection-pool-exhaustion", "in_use_percent", "cart", "80"},
       {"connection-pool-exhaustion", "waiting", "cart", "0"},
       {"connection-pool-exhaustion", "in_use_percent", "old", "50"},
       {"connection-pool-exhaustion", "waiting", "old", "2"},
       {"connection-pool-exhaustion", "in_use_percent", "go", "90"},
       {"connection-pool-exhaustion", "waiting", "go", "0.5"},
       {"connection-pool-exhaustion", "in_use_percent", "free", ""},
       {"connection-pool-exhaustion", "in_use_percent", "bouncer", "75"},
       {"connection-pool-exhaustion", "waiting", "bouncer", "3"},
       {"connection-pool-exhaustion", "waiting", "none", ""}});
}

TEST(ShippedQueries, TheWatchIsValidPromQl) {
  if (std::system("command -v promtool > /dev/null") != 0) {
    GTEST_SKIP() << "promtool (Debian package prometheus) is not installed";
  }
  Config config;
  config.rules_dir = selfheal::testing::SourceDir() + "/rules";
  config.runbooks_dir = selfheal::testing::SourceDir() + "/runbooks";
  std::vector<SourceFinding> findings;
  const auto set = LoadRuleSet(config, testing::FakeDigest, &findings);
  ASSERT_TRUE(set.ok()) << set.error().message;
  std::string text = "groups:\n- name: watch\n  rules:\n";
  int watches = 0;
  for (const Rule& rule : (*set)->rules) {
    if (!rule.watch) continue;
    ++watches;
    text += "  - {alert: Watch" + std::to_string(watches) + ", expr: '" +
            *rule.watch + "'}\n";
  }
  ASSERT_GT(watches, 0);
  const testing::TempFolder folder;
  folder.Write("watch.yml", text);
  const std::string command =
      "promtool check rules '" + folder.Path("watch.yml") + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << text;
}

}  // namespace
}  // namespace selfheal::yaml
