#include "receiver/services.h"

#include <algorithm>
#include <utility>

namespace selfheal {

Services ServicesOf(App& app, IntakeObserver& observer, const Config& config) {
  Services services;
  services.alerts = &app.alerts();
  services.observer = &observer;
  services.clock = &app.clock();
  services.limits.alerts =
      static_cast<std::size_t>(config.limits.alerts_per_group);
  services.ready = [&app] { return app.Ready(); };
  services.metrics_text = [&app] { return app.MetricsText(); };
  services.reload = [&app] {
    std::vector<SourceFinding> found;
    const Result<void> done = app.Reload(&found);
    ReloadOutcome outcome{done.ok(), {}};
    for (const SourceFinding& finding : found) {
      outcome.findings.push_back(ToString(finding));
    }
    // A folder that cannot be read has no line of its own.
    auto& lines = outcome.findings;
    if (!done.ok() && done.error().code != Code::kInvalidArgument &&
        std::find(lines.begin(), lines.end(), done.error().message) ==
            lines.end()) {
      lines.push_back(done.error().message);
    }
    return outcome;
  };
  services.list_incidents = [&app](const IncidentQuery& query) {
    return app.ListIncidents(query);
  };
  services.incident = [&app](const std::string& id) {
    return app.IncidentById(id);
  };
  services.timeline = [&app](const std::string& id) {
    return app.Timeline(id);
  };
  services.evidence = [&app](const std::string& id) {
    return app.Evidence(id);
  };
  services.decide = [&app](const ApprovalDecision& decision) {
    return app.Decide(decision);
  };
  services.from_slack = [&app](const ChatRequest& request) {
    return app.FromSlack(request);
  };
  services.kill_switch = [&app] { return app.KillSwitch(); };
  services.set_kill_switch = [&app](const KillSwitchRequest& request) {
    return app.SetKillSwitch(request.on, request.reason, request.by);
  };
  services.breakers = [&app] { return app.Breakers(); };
  services.set_breaker = [&app](const BreakerRequest& request) {
    return app.SetBreaker(request.scope, request.open, request.reason,
                          request.by);
  };
  services.config_json = [&app] { return app.ConfigJson(); };
  services.rules_json = [&app] { return app.RulesJson(); };
  services.runbooks_json = [&app] { return app.RunbooksJson(); };
  return services;
}

}  // namespace selfheal
