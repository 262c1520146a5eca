#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cached_text.h"
#include "app/role.h"
#include "app/score_lines.h"
#include "config/config.h"
#include "core/chat_request.h"
#include "core/explanation.h"
#include "core/result.h"
#include "core/source_finding.h"
#include "intake/alert_store.h"
#include "record/approval_store.h"
#include "record/incident_reader.h"

namespace selfheal {

class Parts;

/// The whole product but its HTTP surface: every object wired once, started in
/// order and torn down in reverse. Embeddable; one per process is enough.
///
/// The methods below Start are thread-safe and answer from memory or the
/// store, never from Prometheus, Kubernetes or a person.
class App {
 public:
  /// Loads the rules, takes the store and builds every part; opens no port and
  /// starts no thread of the pipeline.
  ///
  /// @param findings  what is wrong in rules and runbooks, with positions.
  /// @error kInvalidArgument     configuration, rules, runbooks or kubeconfig.
  ///        kFailedPrecondition  the store is in use by another process.
  ///        others               the store can't be opened.
  static Result<std::unique_ptr<App>> Create(
      const Config& config, std::vector<SourceFinding>* findings,
      Role role = Role::kAll);
  /// As Create, for Explain alone: everything is read, nothing is taken. The
  /// guards remember what the store of `config` holds, also while another
  /// process serves from it; this App's own store is made in `scratch`.
  ///
  /// @param scratch  a folder that goes away with the caller.
  static Result<std::unique_ptr<App>> CreateReadOnly(
      const Config& config, const std::string& scratch,
      std::vector<SourceFinding>* findings);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Starts the pipeline: unfinished incidents first. @error the store's.
  Result<void> Start();
  /// Finishes or parks what runs; idempotent.
  void Stop();

  /// Loads rules and runbooks again; on any finding the last good set stays.
  Result<void> Reload(std::vector<SourceFinding>* findings);

  AlertStore& alerts();
  const Clock& clock() const;
  /// A group is durable: correlate it and count it.
  void GroupStored(const AlertGroup& group, const StoredGroup& stored,
                   Duration took);
  void WebhookAnswered(int status);
  void PayloadRefused();

  /// The store takes writes.
  bool Ready() const;
  /// At most a second old, and bounded; shows at once what a person changed.
  std::string MetricsText();

  // JSON bodies of the API (kNotFound, kInvalidArgument of the store).
  Result<std::string> ListIncidents(const IncidentQuery& query);
  Result<std::string> IncidentById(const std::string& id);
  Result<std::string> Timeline(const std::string& id);
  Result<std::string> Evidence(const std::string& id);
  Result<std::string> Decide(const ApprovalDecision& decision);
  /// What Slack posted; answers once the answer in it is durable.
  ChatAnswer FromSlack(const ChatRequest& request);
  Result<std::string> KillSwitch();
  Result<std::string> SetKillSwitch(bool on, const std::string& reason,
                                    const std::string& by);
  Result<std::string> Breakers();
  /// Opens a breaker until a person closes it, or closes it.
  /// @error kNotFound  `scope` is neither "global" nor a loaded runbook, nor
  ///        is a breaker of that name open.
  Result<std::string> SetBreaker(const std::string& scope, bool open,
                                 const std::string& reason,
                                 const std::string& by);
  std::string ConfigJson() const;
  std::string RulesJson() const;
  std::string RunbooksJson() const;

  /// Sets the kill switch: of this process at once, and of the store, so that
  /// it outlives the process; without the store, of this process alone.
  void SetProcessSwitch();

  /// Whose budgets, cooldowns, breakers and kill switch Explain looked at, one
  /// sentence.
  const std::string& HistoryUsed() const;

  /// What would happen with the alerts of one webhook body, read-only.
  ///
  /// @error kInvalidArgument  the body; kUnavailable  Prometheus or the
  ///        cluster can't be read.
  Result<std::vector<Explanation>> Explain(std::string_view payload);

 private:
  explicit App(std::unique_ptr<Parts> parts);
  std::string FreshMetrics();

  CachedText metrics_page_;
  ScoreLines score_lines_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace selfheal
