#pragma once

#include <string>
#include <vector>

#include "core/clock.h"

namespace selfheal {

/// Every knob of the product, once, with its default and its unit.
///
/// The YAML path of a knob is the path of its field here, the environment
/// variables and the ranges are listed in config/knobs. Leave a knob alone
/// unless its comment says when to change it.
struct Config {
  /// Address and port of the HTTP surface.
  std::string listen = "0.0.0.0:8000";
  /// False: judge and report only; no mutating request is ever sent.
  bool enabled = true;
  /// True: send server-side dry runs only.
  bool dry_run = false;
  std::string rules_dir = "rules";
  std::string runbooks_dir = "runbooks";
  /// Where people reach this service, for links in messages; empty: none.
  std::string public_url;

  struct PrometheusConfig {
    std::string url = "http://localhost:9090";
    std::string bearer_token_file;
    std::string username;
    std::string password_file;
    std::string ca_file;
    /// Extra headers, "Name: value" (tenants of Mimir and Thanos).
    std::vector<std::string> headers;
    /// One evidence collection may take this long.
    seconds timeout{10};
  } prometheus;

  struct AlertmanagerConfig {
    /// Empty: gap closing is off.
    std::string url;
    std::string bearer_token_file;
    std::string username;
    std::string password_file;
    std::string ca_file;
    /// Period of gap closing.
    seconds interval{60};
  } alertmanager;

  struct KubernetesConfig {
    /// Empty: in-cluster service account, else ~/.kube/config.
    std::string kubeconfig;
    /// The opt-in; "*" = all.
    std::vector<std::string> namespaces = {"default"};
    /// True: run the exec plugin that a kubeconfig names.
    bool allow_exec = false;
    seconds read_timeout{5};
    seconds write_timeout{10};
  } kubernetes;

  struct SlackConfig {
    std::string api_url = "https://slack.com/api";
    /// Notices; a secret. Empty: off.
    std::string webhook_url;
    std::string channel;
    /// One message an incident, changed in place; empty: no bot.
    std::string bot_token_file;
    /// Approvals by HTTP; empty: what Slack posts is not believed.
    std::string signing_secret_file;
    /// Approvals by Socket Mode; empty: off.
    std::string app_token_file;
  } slack;

  struct KafkaConfig {
    /// "host:port" each; empty: off.
    std::vector<std::string> bootstrap_servers;
    std::string topic = "healing-events";
    /// Alerts arrive here too; empty: off.
    std::string alert_topic;
  } kafka;

  struct DatabaseConfig {
    std::string url = "sqlite:///var/lib/selfheal/selfheal.db";
  } database;

  struct JudgeConfig {
    /// Calibrated score that confirms; a rule's own counts where higher.
    double anomaly_threshold = 0.7;
    /// Horizon of the forecast.
    seconds prediction_window{15 * 60};
    seconds baseline{72 * 3600};
    seconds baseline_step{300};
    /// Rows; below = inconclusive.
    int min_baseline = 60;
    /// Points of the fine window.
    int window = 60;
    seconds step{60};
    int trees = 100;
    /// Rows a tree.
    int sample = 256;
    /// At most this share of a baseline is taken for earlier incidents.
    double contamination = 0.1;
    struct Thresholds {
      double warning = 0.6;
      double critical = 0.8;
    } thresholds;
  } judge;

  struct WatchConfig {
    /// Period of the loop that runs the rules with `watch`.
    seconds interval{60};
  } watch;

  struct GuardsConfig {
    /// Between two actions on one target; a failed action doubles it.
    seconds cooldown{300};
    int max_restarts_per_hour = 3;
    /// Whole cluster; 1..3.
    int max_actions_in_flight = 1;
    int max_actions_per_10m = 3;
    int max_actions_per_hour = 10;
    /// Runs on a target in 24 h that did not end Mitigated.
    int same_runbook_per_day = 2;
    struct Scale {
      int percent = 50;
      int max_replicas = 10;
      /// Replaces guards.cooldown for scale actions.
      seconds cooldown{180};
    } scale;
    struct Rollback {
      int max_revisions = 3;
      bool require_approval = true;
    } rollback;
    struct Drain {
      int max_nodes_percent = 10;
      seconds interval{600};
    } drain;
    struct Storm {
      int targets = 5;
      seconds within{120};
      seconds quiet{30 * 60};
    } storm;
    /// True: Nodes are opted in.
    bool nodes = false;
    std::vector<std::string> excluded_namespaces = {"kube-system",
                                                    "monitoring"};
    /// "key=value" that an object must carry; empty = namespaces opt in.
    std::string require_label;
    bool require_watchdog = false;
    /// Medium risk asks here.
    std::vector<std::string> production_namespaces;
    /// The file exists = on; unreadable = on; empty = no such switch.
    std::string kill_switch_file;
    /// Age from which evidence is stale, as a multiple of its step.
    int max_evidence_age_steps = 5;
  } guards;

  struct ApprovalsConfig {
    /// A pending approval ends after this long.
    seconds expiry{15 * 60};
    /// Exactly one of user and group is set.
    struct Approver {
      std::string slack_user;
      std::string slack_group;
      /// The risks that this one may approve.
      std::vector<std::string> risk;
      bool operator==(const Approver&) const = default;
    };
    /// Empty: nobody in Slack, admins only.
    std::vector<Approver> approvers;
  } approvals;

  struct VerifyConfig {
    seconds settle{60};
    seconds within{300};
  } verify;

  struct LimitsConfig {
    /// Largest answer of Prometheus, Alertmanager or Kubernetes, in bytes.
    long long answer = 16LL << 20;
    /// Largest request body, in bytes.
    long long body = 16LL << 20;
    int alerts_per_group = 10000;
    int connections = 512;
    /// Addresses of Alertmanagers that always get a connection.
    std::vector<std::string> reserved_peers;
  } limits;

  struct AuthConfig {
    std::string webhook_token_file;
    std::string admin_token_file;
    std::string viewer_token_file;
    /// True: `/`, `/docs` and the OpenAPI without a token (they hold no data).
    bool public_pages = false;
  } auth;

  struct TlsConfig {
    std::string cert_file;
    std::string key_file;
  } tls;

  struct MetricsConfig {
    /// Empty: on the main port.
    std::string listen;
  } metrics;

  struct LogConfig {
    std::string level = "info";
    std::string format = "logfmt";
  } log;

  struct FlowConfig {
    /// Worker threads of the pipeline.
    int workers = 4;
    /// A guard that only waits may hold an incident this long.
    seconds max_wait{15 * 60};
  } flow;
};

}  // namespace selfheal
