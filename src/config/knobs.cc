#include "config/knobs.h"

#include <algorithm>
#include <array>
#include <utility>

namespace selfheal {
namespace {

using Table = std::vector<Knob>;

/// Knobs, or sections of them, that nothing acts on yet.
constexpr std::array<std::string_view, 1> kLater = {"kafka."};

constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;
constexpr double kKiB = 1024;
constexpr double kMiB = 1024 * kKiB;

Knob Text(std::string_view path, std::string_view env, std::string& field,
          TextCheck check, std::string_view doc) {
  return {
      .path = path, .env = env, .field = &field, .doc = doc, .check = check};
}

Knob List(std::string_view path, std::string_view env,
          std::vector<std::string>& field, TextCheck check,
          std::string_view doc) {
  return {
      .path = path, .env = env, .field = &field, .doc = doc, .check = check};
}

Knob Flag(std::string_view path, std::string_view env, bool& field,
          std::string_view doc) {
  return {.path = path, .env = env, .field = &field, .doc = doc};
}

/// A number, size or duration from `min` to `max`.
template <typename T>
Knob Number(std::string_view path, std::string_view env, T& field, double min,
            double max, std::string_view doc) {
  return {.path = path,
          .env = env,
          .field = &field,
          .doc = doc,
          .min = min,
          .max = max};
}

void AddGeneral(Config& c, Table& t) {
  t.push_back(Text("listen", "SELFHEAL_LISTEN", c.listen, CheckHostPort,
                   "Address and port of the HTTP surface."));
  t.push_back(Flag("enabled", "", c.enabled,
                   "false: judge and report only, the product never acts."));
  t.push_back(Flag("dry_run", "DRY_RUN", c.dry_run,
                   "true: send server-side dry runs only."));
  t.push_back(Text("rules_dir", "SELFHEAL_RULES", c.rules_dir, CheckNotEmpty,
                   "Folder of the rules: its *.yaml and *.yml. A relative one "
                   "is looked for in the working folder, then in the "
                   "installed share folder."));
  t.push_back(Text("runbooks_dir", "SELFHEAL_RUNBOOKS", c.runbooks_dir,
                   CheckNotEmpty, "Folder of the runbooks, found alike."));
  t.push_back(Text("public_url", "SELFHEAL_PUBLIC_URL", c.public_url,
                   CheckHttpUrl,
                   "Where people reach this service, for the links in "
                   "messages. Empty: no links."));
}

void AddPrometheus(Config& c, Table& t) {
  auto& p = c.prometheus;
  t.push_back(Text("prometheus.url", "PROMETHEUS_URL", p.url, CheckHttpUrl,
                   "Base URL, with the path prefix where there is one."));
  t.push_back(Text("prometheus.bearer_token_file", "", p.bearer_token_file,
                   nullptr, "File with a bearer token, read anew each time."));
  t.push_back(Text("prometheus.username", "", p.username, nullptr,
                   "Basic auth, with password_file."));
  t.push_back(Text("prometheus.password_file", "", p.password_file, nullptr,
                   "File with the password of username."));
  t.push_back(Text("prometheus.ca_file", "", p.ca_file, nullptr,
                   "PEM file of the authority to trust; empty: the "
                   "system's."));
  Knob headers = List("prometheus.headers", "", p.headers, CheckHeader,
                      "Extra headers, \"Name: value\" (the tenant of Mimir or "
                      "Thanos); the values are secrets.");
  headers.secret = true;
  t.push_back(std::move(headers));
  t.push_back(Number("prometheus.timeout", "", p.timeout, 1, 2 * kMinute,
                     "One collection of evidence may take this long."));
}

void AddAlertmanager(Config& c, Table& t) {
  auto& a = c.alertmanager;
  t.push_back(Text("alertmanager.url", "ALERTMANAGER_URL", a.url, CheckHttpUrl,
                   "Alerts that no webhook brought are fetched here; empty: "
                   "they are not."));
  t.push_back(Text("alertmanager.bearer_token_file", "", a.bearer_token_file,
                   nullptr, "As for Prometheus."));
  t.push_back(Text("alertmanager.username", "", a.username, nullptr,
                   "As for Prometheus."));
  t.push_back(Text("alertmanager.password_file", "", a.password_file, nullptr,
                   "As for Prometheus."));
  t.push_back(Text("alertmanager.ca_file", "", a.ca_file, nullptr,
                   "As for Prometheus."));
  t.push_back(Number("alertmanager.interval", "", a.interval, 1, kHour,
                     "Period of that fetching."));
}

void AddKubernetes(Config& c, Table& t) {
  auto& k = c.kubernetes;
  t.push_back(Text("kubernetes.kubeconfig", "KUBECONFIG", k.kubeconfig, nullptr,
                   "Empty: the service account of the pod, else "
                   "~/.kube/config."));
  t.push_back(List("kubernetes.namespaces", "NAMESPACE", k.namespaces,
                   CheckNamespacePattern,
                   "The namespaces that are opted in; \"*\" = all but the "
                   "excluded ones."));
  t.push_back(Flag("kubernetes.allow_exec", "", k.allow_exec,
                   "true: run the credential plugin that a kubeconfig "
                   "names."));
  t.push_back(Number("kubernetes.read_timeout", "", k.read_timeout, 1, kMinute,
                     "Deadline of one read."));
  t.push_back(Number("kubernetes.write_timeout", "", k.write_timeout, 1,
                     2 * kMinute, "Deadline of one change."));
}

void AddSlack(Config& c, Table& t) {
  auto& s = c.slack;
  t.push_back(Text("slack.api_url", "SLACK_API_URL", s.api_url, CheckHttpUrl,
                   "Base URL of Slack's Web API."));
  Knob webhook =
      Text("slack.webhook_url", "SLACK_WEBHOOK_URL", s.webhook_url,
           CheckHttpUrl, "Incoming webhook for notices; a secret. Empty: off.");
  webhook.secret = true;
  t.push_back(std::move(webhook));
  t.push_back(Text("slack.channel", "SLACK_CHANNEL", s.channel, CheckChannel,
                   "Channel of notices and approvals, with the bot token: its "
                   "id, C..., not its name."));
  t.push_back(Text("slack.bot_token_file", "SLACK_BOT_TOKEN_FILE",
                   s.bot_token_file, nullptr,
                   "File with the bot token (xoxb-): one message an incident, "
                   "changed in place. Empty: no bot."));
  t.push_back(Text("slack.signing_secret_file", "SLACK_SIGNING_SECRET_FILE",
                   s.signing_secret_file, nullptr,
                   "File with the signing secret of Slack's requests: "
                   "approvals by buttons and replies over HTTP."));
  t.push_back(Text("slack.app_token_file", "SLACK_APP_TOKEN_FILE",
                   s.app_token_file, nullptr,
                   "File with the app token (xapp-): approvals by Socket "
                   "Mode, without an open port."));
}

void AddKafkaAndDatabase(Config& c, Table& t) {
  Knob servers = List("kafka.bootstrap_servers", "KAFKA_BOOTSTRAP_SERVERS",
                      c.kafka.bootstrap_servers, CheckHostPort,
                      "Brokers, host:port each. Empty: off.");
  servers.comma_text = true;
  t.push_back(std::move(servers));
  t.push_back(Text("kafka.topic", "KAFKA_TOPIC", c.kafka.topic, CheckTopic,
                   "Topic of the incidents' events."));
  t.push_back(Text("kafka.alert_topic", "KAFKA_ALERT_TOPIC",
                   c.kafka.alert_topic, CheckTopic,
                   "Alerts are read from here too, one webhook body a "
                   "message. Empty: off."));
  Knob database =
      Text("database.url", "DATABASE_URL", c.database.url, CheckDatabaseUrl,
           "sqlite:// with an absolute path, or "
           "postgresql://user:password@host/database.");
  database.secret = true;
  t.push_back(std::move(database));
}

void AddJudge(Config& c, Table& t) {
  auto& j = c.judge;
  t.push_back(Number("judge.anomaly_threshold", "ANOMALY_THRESHOLD",
                     j.anomaly_threshold, 0.01, 1,
                     "Calibrated score that confirms; a rule's own counts "
                     "where it is higher."));
  Knob horizon =
      Number("judge.prediction_window", "PREDICTION_WINDOW_MINUTES",
             j.prediction_window, 1, kDay, "How far the forecast looks ahead.");
  horizon.env_unit = seconds(60);
  t.push_back(std::move(horizon));
  t.push_back(Number("judge.baseline", "", j.baseline, 10, 30 * kDay,
                     "History to compare with; a rule may set its own."));
  t.push_back(Number("judge.baseline_step", "", j.baseline_step, 1, kHour,
                     "Distance of the points of that history."));
  t.push_back(Number("judge.min_baseline", "", j.min_baseline, 5, 10000,
                     "Rows; a shorter history is inconclusive."));
  t.push_back(Number("judge.window", "", j.window, 10, 1000,
                     "Points of the fine window that is judged."));
  t.push_back(Number("judge.step", "", j.step, 1, kHour,
                     "Distance of the points of the fine window."));
  t.push_back(Number("judge.trees", "", j.trees, 10, 1000,
                     "Trees of the isolation forest."));
  t.push_back(Number("judge.sample", "", j.sample, 16, 4096, "Rows a tree."));
  t.push_back(Number("judge.contamination", "", j.contamination, 0, 0.5,
                     "At most this share of a baseline is taken for earlier "
                     "incidents and left out."));
  t.push_back(Number("judge.thresholds.warning", "", j.thresholds.warning, 0, 1,
                     "Score from which an incident is labelled a warning."));
  t.push_back(Number("judge.thresholds.critical", "", j.thresholds.critical, 0,
                     1, "Score from which it is labelled critical."));
  t.push_back(Number("watch.interval", "", c.watch.interval, 1, kHour,
                     "Period of the loop that runs the rules with a watch."));
}

void AddBudgets(Config& c, Table& t) {
  auto& g = c.guards;
  t.push_back(Number("guards.cooldown", "COOLDOWN_SECONDS", g.cooldown, 0,
                     7 * kDay, "Between two actions on one target."));
  t.push_back(Number("guards.max_restarts_per_hour", "",
                     g.max_restarts_per_hour, 0, 100, "A target."));
  t.push_back(Number("guards.max_actions_in_flight", "",
                     g.max_actions_in_flight, 1, 3,
                     "Whole cluster; 1 a namespace and 1 a target always."));
  t.push_back(Number("guards.max_actions_per_10m", "", g.max_actions_per_10m, 0,
                     1000, "Whole cluster."));
  t.push_back(Number("guards.max_actions_per_hour", "", g.max_actions_per_hour,
                     0, 1000, "Whole cluster."));
  t.push_back(Number("guards.same_runbook_per_day", "", g.same_runbook_per_day,
                     1, 100,
                     "Runs on a target in 24 h that did not end Mitigated; "
                     "then a person."));
}

void AddActionGuards(Config& c, Table& t) {
  auto& g = c.guards;
  t.push_back(Number("guards.scale.percent", "", g.scale.percent, 1, 100,
                     "Most replicas that one action adds."));
  t.push_back(Number("guards.scale.max_replicas", "", g.scale.max_replicas, 1,
                     1000, "No workload is scaled beyond."));
  t.push_back(Number("guards.scale.cooldown", "", g.scale.cooldown, 0, 7 * kDay,
                     "Replaces guards.cooldown for scale actions."));
  t.push_back(Number("guards.rollback.max_revisions", "",
                     g.rollback.max_revisions, 1, 10,
                     "How many revisions a rollback may go back."));
  t.push_back(Flag("guards.rollback.require_approval", "",
                   g.rollback.require_approval,
                   "false: asks in production_namespaces only."));
  t.push_back(Number("guards.drain.max_nodes_percent", "",
                     g.drain.max_nodes_percent, 1, 10,
                     "Most nodes that are out of service at once."));
  t.push_back(Number("guards.drain.interval", "", g.drain.interval, 0, kDay,
                     "Between two drains."));
  t.push_back(Number("guards.storm.targets", "", g.storm.targets, 1, 1000,
                     "So many targets with incidents ..."));
  t.push_back(Number("guards.storm.within", "", g.storm.within, 1, kHour,
                     "... within this time are a storm: no action ..."));
  t.push_back(Number("guards.storm.quiet", "", g.storm.quiet, 1, kDay,
                     "... until it was quiet for so long."));
}

void AddScopeGuards(Config& c, Table& t) {
  auto& g = c.guards;
  t.push_back(Flag("guards.nodes", "", g.nodes,
                   "true: nodes are opted in (cordon, drain)."));
  t.push_back(List("guards.excluded_namespaces", "", g.excluded_namespaces,
                   CheckNamespace, "Never touched, whatever is opted in."));
  t.push_back(Text("guards.require_label", "", g.require_label, CheckLabel,
                   "Label that an object must carry, e.g. "
                   "selfheal.dev/enabled=true; empty: the configured "
                   "namespaces are the opt-in."));
  t.push_back(Flag("guards.require_watchdog", "", g.require_watchdog,
                   "true: no action unless the Watchdog alert was seen within "
                   "5 minutes; false: only once it was seen at all."));
  t.push_back(List("guards.production_namespaces", "", g.production_namespaces,
                   CheckNamespace,
                   "Medium risk asks a person here, high risk two."));
  t.push_back(Text("guards.kill_switch_file", "SELFHEAL_KILL_SWITCH_FILE",
                   g.kill_switch_file, nullptr,
                   "Where this file exists, nothing acts; what cannot be told "
                   "counts as existing. Empty: no such switch."));
  t.push_back(Number("guards.max_evidence_age_steps", "",
                     g.max_evidence_age_steps, 1, 60,
                     "Evidence older than so many of its steps is stale."));
}

void AddPeople(Config& c, Table& t) {
  t.push_back(Number("approvals.expiry", "", c.approvals.expiry, 1,
                     15 * kMinute,
                     "An unanswered approval ends after this long."));
  t.push_back({.path = "approvals.approvers",
               .env = "",
               .field = &c.approvals.approvers,
               .doc = "Who may approve in Slack: {slack_user: U..., risk: "
                      "[medium, high]} or {slack_group: S..., risk: [...]}. "
                      "Empty: nobody in Slack, admins only."});
  t.push_back(Number("verify.settle", "", c.verify.settle, 0, kHour,
                     "Wait after an action before the first look."));
  t.push_back(Number("verify.within", "", c.verify.within, 1, 6 * kHour,
                     "The evidence must be back to normal by then."));
}

void AddLimits(Config& c, Table& t) {
  auto& l = c.limits;
  t.push_back(Number("limits.answer", "", l.answer, 64 * kKiB, 256 * kMiB,
                     "Largest answer of Prometheus, Alertmanager or "
                     "Kubernetes."));
  t.push_back(Number("limits.body", "", l.body, kKiB, 64 * kMiB,
                     "Largest body of a request."));
  t.push_back(Number("limits.alerts_per_group", "", l.alerts_per_group, 1,
                     100000, "Most alerts of one webhook."));
  t.push_back(Number("limits.connections", "", l.connections, 1, 10000,
                     "Open connections at once."));
  t.push_back(List("limits.reserved_peers", "", l.reserved_peers, CheckAddress,
                   "Addresses of Alertmanagers that always get a "
                   "connection."));
}

void AddAccess(Config& c, Table& t) {
  auto& a = c.auth;
  t.push_back(Text("auth.webhook_token_file", "SELFHEAL_WEBHOOK_TOKEN_FILE",
                   a.webhook_token_file, nullptr,
                   "Token of Alertmanager; required unless --insecure-dev on "
                   "a loopback address."));
  t.push_back(Text("auth.admin_token_file", "SELFHEAL_ADMIN_TOKEN_FILE",
                   a.admin_token_file, nullptr,
                   "One name:token a line, or one bare token. Empty: admin "
                   "routes refuse everything."));
  t.push_back(Text("auth.viewer_token_file", "SELFHEAL_VIEWER_TOKEN_FILE",
                   a.viewer_token_file, nullptr,
                   "Empty: viewer routes need an admin token."));
  t.push_back(Flag("auth.public_pages", "", a.public_pages,
                   "true: /, /docs and the OpenAPI without a token; they hold "
                   "no data."));
  t.push_back(Text("tls.cert_file", "SELFHEAL_TLS_CERT_FILE", c.tls.cert_file,
                   nullptr, "PEM chain; empty: plain HTTP."));
  t.push_back(Text("tls.key_file", "SELFHEAL_TLS_KEY_FILE", c.tls.key_file,
                   nullptr, "PEM key of that certificate."));
}

void AddOperation(Config& c, Table& t) {
  t.push_back(Text("metrics.listen", "", c.metrics.listen, CheckHostPort,
                   "Own port of /metrics and the health pages; empty: the "
                   "main port."));
  Knob level = Text("log.level", "SELFHEAL_LOG_LEVEL", c.log.level, nullptr,
                    "What is worth a line.");
  level.choices = {"debug", "info", "warn", "error"};
  t.push_back(std::move(level));
  Knob format = Text("log.format", "SELFHEAL_LOG_FORMAT", c.log.format, nullptr,
                     "How a line looks.");
  format.choices = {"logfmt", "json"};
  t.push_back(std::move(format));
  t.push_back(Number("flow.workers", "", c.flow.workers, 1, 64,
                     "Threads that work on incidents."));
  t.push_back(Number("flow.max_wait", "", c.flow.max_wait, 1, kDay,
                     "A guard that only waits may hold an incident this "
                     "long."));
}

}  // namespace

std::vector<Knob> Knobs(Config& config) {
  Table table;
  AddGeneral(config, table);
  AddPrometheus(config, table);
  AddAlertmanager(config, table);
  AddKubernetes(config, table);
  AddSlack(config, table);
  AddKafkaAndDatabase(config, table);
  AddJudge(config, table);
  AddBudgets(config, table);
  AddActionGuards(config, table);
  AddScopeGuards(config, table);
  AddPeople(config, table);
  AddLimits(config, table);
  AddAccess(config, table);
  AddOperation(config, table);
  for (Knob& knob : table) {
    knob.later = std::any_of(
        kLater.begin(), kLater.end(),
        [&](std::string_view each) { return knob.path.starts_with(each); });
  }
  return table;
}

}  // namespace selfheal
