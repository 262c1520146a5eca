#include "receiver/routes.h"

#include <array>

#include "receiver/admin_handlers.h"
#include "receiver/alert_handlers.h"
#include "receiver/incident_handlers.h"
#include "receiver/page_handlers.h"
#include "receiver/slack_handlers.h"

namespace selfheal {
namespace {

constexpr std::array kRoutes = {
    Route{Method::kPost, "/api/v1/alerts", Who::kWebhook, Port::kMain,
          HandleWebhook,
          "Takes an Alertmanager notification; answers after the commit."},
    Route{Method::kGet, "/api/v1/alerts", Who::kViewer, Port::kMain,
          HandleListAlerts,
          "Lists every stored alert, newest first "
          "(`fingerprint`, `since`, `limit`, `cursor`)."},
    Route{Method::kGet, "/api/v1/incidents", Who::kViewer, Port::kMain,
          HandleListIncidents,
          "Lists incidents, newest first "
          "(`phase`, `type`, `namespace`, `text`, `since`, `limit`, "
          "`cursor`)."},
    Route{Method::kGet, "/api/v1/incidents/{id}", Who::kViewer, Port::kMain,
          HandleIncident, "Shows one incident whole."},
    Route{Method::kGet, "/api/v1/incidents/{id}/timeline", Who::kViewer,
          Port::kMain, HandleTimeline, "Shows what happened, step by step."},
    Route{Method::kGet, "/api/v1/incidents/{id}/evidence", Who::kViewer,
          Port::kMain, HandleEvidence,
          "Shows the windows that were judged, for plotting."},
    Route{Method::kPost, "/api/v1/incidents/{id}/approve", Who::kAdmin,
          Port::kMain, HandleApprove,
          "Approves the plan whose `plan_hash` the body names."},
    Route{Method::kPost, "/api/v1/incidents/{id}/deny", Who::kAdmin,
          Port::kMain, HandleDeny,
          "Denies the plan whose `plan_hash` the body names."},
    Route{Method::kGet, "/api/v1/kill-switch", Who::kAdmin, Port::kMain,
          HandleKillSwitch, "Shows whether actions are stopped, and by what."},
    Route{Method::kPost, "/api/v1/kill-switch", Who::kAdmin, Port::kMain,
          HandleSetKillSwitch,
          "Stops or allows actions (`on`, `reason`); durable."},
    Route{Method::kGet, "/api/v1/breakers", Who::kViewer, Port::kMain,
          HandleBreakers,
          "Lists the circuit breakers: which are open, why and until when."},
    Route{Method::kPost, "/api/v1/breakers/{scope}", Who::kAdmin, Port::kMain,
          HandleSetBreaker,
          "Closes or opens a breaker (`open`, `reason`); durable, audited."},
    Route{Method::kGet, "/api/v1/config", Who::kViewer, Port::kMain,
          HandleConfig, "Shows the effective configuration, secrets masked."},
    Route{Method::kGet, "/api/v1/rules", Who::kViewer, Port::kMain, HandleRules,
          "Shows the rules in force."},
    Route{Method::kGet, "/api/v1/runbooks", Who::kViewer, Port::kMain,
          HandleRunbooks, "Shows the runbooks in force."},
    Route{Method::kGet, "/api/v1/me", Who::kPage, Port::kMain, HandleMe,
          "Says whose token it is and what it allows."},
    Route{Method::kGet, "/", Who::kPage, Port::kMain, HandlePage,
          "The page for people; it asks for a token and holds no data."},
    Route{Method::kGet, "/docs", Who::kPage, Port::kMain, HandleDocs,
          "The API for people."},
    Route{Method::kGet, "/api/openapi.json", Who::kPage, Port::kMain,
          HandleOpenApi, "The API as OpenAPI 3.1."},
    Route{Method::kGet, "/web/{file}.js", Who::kPage, Port::kMain,
          HandleWebFile, "A script of the pages."},
    Route{Method::kGet, "/web/{file}.css", Who::kPage, Port::kMain,
          HandleWebFile, "A style sheet of the pages."},
    Route{Method::kGet, "/web/{file}.svg", Who::kPage, Port::kMain,
          HandleWebFile, "A picture of the pages."},
    Route{Method::kPost, "/slack/interactions", Who::kSlack, Port::kMain,
          HandleSlackInteraction, "Takes a click on a button in Slack."},
    Route{Method::kPost, "/slack/events", Who::kSlack, Port::kMain,
          HandleSlackEvent, "Takes a reply in a thread of Slack."},
    Route{Method::kPost, "/-/reload", Who::kAdmin, Port::kMain, HandleReload,
          "Loads rules and runbooks anew; on a finding the old ones stay."},
    Route{Method::kGet, "/-/healthy", Who::kAnyone, Port::kBoth, HandleHealthy,
          "Says that the process answers."},
    Route{Method::kGet, "/-/ready", Who::kAnyone, Port::kBoth, HandleReady,
          "Says whether alerts can be stored and rules are loaded."},
    Route{Method::kGet, "/metrics", Who::kAnyone, Port::kMetrics, HandleMetrics,
          "Metrics in the text format of Prometheus."},
};

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

std::string_view WhoName(Who who) {
  switch (who) {
    case Who::kAnyone:
      return "anyone";
    case Who::kWebhook:
      return "webhook token";
    case Who::kViewer:
      return "viewer or admin token";
    case Who::kAdmin:
      return "admin token";
    case Who::kPage:
      return "viewer or admin token, or anyone by `auth.public_pages`";
    case Who::kSlack:
      return "Slack's signature";
  }
  return "";
}

std::string RouteTable() {
  std::string table = "| request | who | what it does |\n|---|---|---|\n";
  for (const Route& route : kRoutes) {
    table.append("| `").append(MethodName(route.method)).append(" ");
    table.append(route.pattern).append("` | ").append(WhoName(route.who));
    table.append(" | ").append(route.sentence).append(" |\n");
  }
  return table;
}

}  // namespace selfheal
