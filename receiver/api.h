#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/chat_request.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/source_finding.h"
#include "intake/alert_store.h"
#include "intake/payload.h"
#include "record/approval_store.h"
#include "record/incident_reader.h"

namespace selfheal {

/// What the webhook tells the rest of the product. Thread-safe, never blocks.
class IntakeObserver {
 public:
  virtual ~IntakeObserver() = default;
  /// A webhook request was answered, also before it reached a worker.
  virtual void WebhookAnswered(int status) = 0;
  /// A payload was refused as a whole (400 or 413), so nothing of it is kept.
  virtual void PayloadRefused(const Error& error) = 0;
  /// A group is durable: wakes correlate; counts alerts by status, rejected
  /// alerts and cut-off ones. `took` is the time from parse to commit.
  virtual void GroupStored(const AlertGroup& group, const StoredGroup& stored,
                           Duration took) = 0;
};

/// What a person asked of the kill switch.
struct KillSwitchRequest {
  bool on = false;
  std::string reason;
  std::string by;  ///< "admin:alice"; stands in the audit.
};

/// What a person asked of a breaker.
struct BreakerRequest {
  std::string scope;  ///< "global", or a runbook's name.
  bool open = false;
  std::string reason;
  std::string by;  ///< "admin:alice"; stands in the audit.
};

/// What a reload found.
struct ReloadOutcome {
  /// False: `findings` say why, and the last good set stays.
  bool reloaded = false;
  std::vector<std::string> findings;
};

/// The narrow view that the HTTP surface has of the product. Each member is
/// set, thread-safe, and answers from memory or the store: a handler never
/// waits for Prometheus, Kubernetes or a person.
///
/// "JSON" is the complete body of the answer (interface.md, sections 4 and 5).
struct Services {
  /// Outlives the server, as does `observer`.
  AlertStore* alerts = nullptr;
  IntakeObserver* observer = nullptr;
  const Clock* clock = nullptr;
  IntakeLimits limits;

  /// Store writable and rules loaded.
  std::function<bool()> ready;
  /// The text of /metrics.
  std::function<std::string()> metrics_text;
  std::function<ReloadOutcome()> reload;

  /// JSON `{"items":[...],"next":...}`.
  std::function<Result<std::string>(const IncidentQuery&)> list_incidents;
  /// JSON of one incident, its timeline, its evidence; kNotFound.
  std::function<Result<std::string>(const std::string& id)> incident;
  std::function<Result<std::string>(const std::string& id)> timeline;
  std::function<Result<std::string>(const std::string& id)> evidence;
  /// Durable, audited; JSON of the incident. Errors as ApprovalStore.
  std::function<Result<std::string>(const ApprovalDecision&)> decide;

  /// What Slack posted, once the answer in it is durable.
  std::function<ChatAnswer(const ChatRequest&)> from_slack;

  /// JSON `{"on":...,"sources":[...],"reason":...,"since":...}`.
  std::function<Result<std::string>()> kill_switch;
  /// Durable, audited; the JSON of the new state.
  std::function<Result<std::string>(const KillSwitchRequest&)> set_kill_switch;

  /// JSON `{"items":[{"scope","open","reason","since","closes_at"}]}`.
  std::function<Result<std::string>()> breakers;
  /// Durable, audited; the JSON of that breaker; kNotFound: no such scope.
  std::function<Result<std::string>(const BreakerRequest&)> set_breaker;

  /// JSON: the effective configuration, secrets masked.
  std::function<std::string()> config_json;
  std::function<std::string()> rules_json;
  std::function<std::string()> runbooks_json;
};

}  // namespace selfheal
