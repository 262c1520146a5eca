#include <utility>

#include "config/knobs.h"

namespace selfheal {
namespace {

constexpr long long kMaxPoints = 11000;  // Of one range query.

/// Collects what does not hold.
class Requirements {
 public:
  void Require(bool holds, std::string_view path, std::string message) {
    if (!holds) conflicts_.push_back({path, std::move(message)});
  }
  std::vector<KnobConflict> Take() { return std::move(conflicts_); }

 private:
  std::vector<KnobConflict> conflicts_;
};

void CheckJudge(const Config::JudgeConfig& judge, Requirements& all) {
  all.Require(judge.thresholds.warning <= judge.thresholds.critical,
              "judge.thresholds.warning",
              "must not be above judge.thresholds.critical");
  const long long rows = judge.baseline / judge.baseline_step;
  all.Require(rows >= judge.min_baseline, "judge.min_baseline",
              "judge.baseline / judge.baseline_step is only " +
                  std::to_string(rows) + " rows");
  all.Require(
      rows <= kMaxPoints, "judge.baseline",
      "judge.baseline / judge.baseline_step is " + std::to_string(rows) +
          " points; Prometheus answers at most " + std::to_string(kMaxPoints));
}

/// `endpoint` has the keys of prometheus and alertmanager.
template <typename Endpoint>
void CheckAuth(const Endpoint& endpoint, std::string_view path,
               Requirements& all) {
  all.Require(endpoint.username.empty() == endpoint.password_file.empty(), path,
              "username and password_file need each other");
  all.Require(endpoint.username.empty() || endpoint.bearer_token_file.empty(),
              path, "basic auth and a bearer token exclude each other");
}

void CheckSlack(const Config::SlackConfig& slack, Requirements& all) {
  const bool bot = !slack.bot_token_file.empty();
  all.Require(!bot || !slack.channel.empty(), "slack.channel",
              "slack.bot_token_file needs a channel");
  all.Require(bot || slack.signing_secret_file.empty(),
              "slack.signing_secret_file", "needs slack.bot_token_file");
  all.Require(bot || slack.app_token_file.empty(), "slack.app_token_file",
              "needs slack.bot_token_file");
}

}  // namespace

std::vector<KnobConflict> KnobConflicts(const Config& config) {
  Requirements all;
  all.Require(!config.listen.empty(), "listen", "must not be empty");
  all.Require(!config.prometheus.url.empty(), "prometheus.url",
              "must not be empty");
  all.Require(!config.kubernetes.namespaces.empty(), "kubernetes.namespaces",
              "must name a namespace, or \"*\"");
  CheckAuth(config.prometheus, "prometheus.username", all);
  CheckAuth(config.alertmanager, "alertmanager.username", all);
  CheckJudge(config.judge, all);
  CheckSlack(config.slack, all);
  all.Require(
      config.guards.max_actions_per_10m <= config.guards.max_actions_per_hour,
      "guards.max_actions_per_10m",
      "must not be above guards.max_actions_per_hour");
  all.Require(config.verify.settle <= config.verify.within, "verify.settle",
              "must not be longer than verify.within");
  all.Require(config.tls.cert_file.empty() == config.tls.key_file.empty(),
              config.tls.cert_file.empty() ? "tls.key_file" : "tls.cert_file",
              "tls.cert_file and tls.key_file need each other");
  return all.Take();
}

}  // namespace selfheal
