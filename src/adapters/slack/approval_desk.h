#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "adapters/slack/answer.h"
#include "adapters/slack/web_api.h"
#include "adapters/slack/workspace.h"
#include "core/clock.h"
#include "core/incident.h"
#include "core/log.h"
#include "core/mutex.h"
#include "correlate/incident_store.h"
#include "record/approval_store.h"
#include "record/audit_store.h"
#include "record/chat_store.h"

namespace selfheal::slack {

/// Takes people's answers from wherever Slack brings them and turns those that
/// count into decisions; the others are audited and their author is told.
///
/// Take only stores; one thread of its own does the rest, in order, and again
/// after a restart. Thread-safe.
class ApprovalDesk {
 public:
  /// Each outlives the desk.
  struct Ports {
    WebApi& api;
    Workspace& workspace;
    ChatStore& chats;
    IncidentStore& incidents;
    AuditStore& audit;
    Logger& log;
    const Clock& clock;
    /// The one way to decide, as of the API.
    std::function<Result<Incident>(const ApprovalDecision&)> decide;
    /// Of the buttons' values; "" = none can be checked now.
    std::function<std::string()> secret;
  };

  explicit ApprovalDesk(Ports ports) : ports_(std::move(ports)) {}
  ~ApprovalDesk() { Stop(); }
  ApprovalDesk(const ApprovalDesk&) = delete;
  ApprovalDesk& operator=(const ApprovalDesk&) = delete;

  void Start();
  void Stop() EXCLUDES(mutex_);

  /// Durable before it returns; what came before is dropped.
  /// @error kUnavailable  the store.
  Result<void> Take(const Heard& heard) EXCLUDES(mutex_);

  /// Somebody may have replied while nobody heard it: the threads of all open
  /// questions are read again. What was heard before is not taken twice.
  void ReadAgain() EXCLUDES(mutex_);

  /// Works on what waits, as the thread does; false where something has to be
  /// tried again. Only while the thread does not run.
  bool WorkOff() EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);
  /// False where it has to be tried again.
  bool CatchUp() EXCLUDES(mutex_);
  Result<void> ReadOpenThreads();
  /// Takes what was replied to the question of `incident`. @error kUnavailable
  Result<void> CatchUpOn(const Incident& incident, const Identity& we);
  /// False where it has to be tried again.
  bool Work(const ChatInput& input);
  Result<void> Hear(const Answer& answer, const Identity& we, Time received_at);
  Result<void> Consider(const Answer& answer, const Incident& incident);
  /// Tells one who may answer, and tried, which words are waited for; silent
  /// where it comes too often. Nobody else is told anything.
  void Hint(const Answer& answer, const Incident& incident);
  /// Why the question is not the one that was answered, or "".
  std::string Outdated(const Answer& answer, const Incident& incident) const;
  /// Not of what is unclear: it claimed nothing.
  Result<void> Refuse(const Answer& answer, const std::string& incident,
                      const std::string& why, const std::string& told);
  /// The same of one who may not answer; silent where it comes too often.
  Result<void> NotAllowed(const Answer& answer, const std::string& incident,
                          const std::string& why);
  void Tell(const Answer& answer, const std::string& line);

  const Ports ports_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool arrived_ GUARDED_BY(mutex_) = false;
  bool behind_ GUARDED_BY(mutex_) = false;
  SteadyTime catch_up_at_;  ///< Not before; of the thread alone.
  /// When in the last minute a person was told so; of the thread alone.
  std::map<std::string, std::deque<SteadyTime>> refused_;
  /// When a person was last looked at for a hint about a question; the same.
  std::map<std::string, SteadyTime> hinted_;
  std::thread thread_;
};

}  // namespace selfheal::slack
