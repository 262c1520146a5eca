#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/mutex.h"
#include "correlate/incident_store.h"
#include "guard/action_history.h"
#include "intake/alert_store.h"
#include "record/approval_store.h"
#include "record/audit_store.h"
#include "record/heartbeat_store.h"
#include "record/incident_reader.h"

namespace selfheal::testing {

/// What a FakeStore holds; a write works on a copy and takes its place whole.
struct FakeStoreState {
  struct AlertRow {
    StoredAlert stored;
    bool burning = false;
  };
  struct ApprovalRow {
    std::string incident;
    Approval approval;
    std::string consumed_by;
  };

  std::vector<AlertRow> alerts;  ///< Row n is entry n - 1.
  std::map<std::string, Incident> incidents;
  std::vector<ApprovalRow> approvals;
  /// Of each incident, oldest first.
  std::map<std::string, std::vector<std::shared_ptr<const KeptEvidence>>>
      evidence;
  std::vector<StoredIntent> intents;
  std::vector<ActionRow> actions;
  std::map<std::string, BreakerRow> breakers;
  std::map<std::string, Duration> breaker_lasts;
  std::optional<Time> last_storm;
  KillSwitchRow kill_switch;
  std::optional<Heartbeat> heartbeat;
  std::vector<AuditRecord> audit;
};

/// All ports of the store in memory, for tests of what stands on them. Held to
/// the contract suite of the real stores. Thread-safe.
class FakeStore final : public AlertStore,
                        public IncidentStore,
                        public CorrelationStore,
                        public AuditStore,
                        public ActionHistory,
                        public ApprovalStore,
                        public IncidentReader,
                        public HeartbeatStore {
 public:
  /// `clock` outlives the store.
  explicit FakeStore(const Clock& clock) : clock_(clock) {}

  /// The `nth` call from now on (1 = the next) fails without any effect.
  void FailCall(int nth);
  /// The `nth` call from now on has its effect, but reports a failure, as a
  /// commit does whose answer came too late.
  void LoseAnswer(int nth);
  /// As LoseAnswer, but the effect shows with the next write only, as where the
  /// caller gave up long before the commit was done.
  void CommitLate(int nth);
  /// Every call fails until this is taken back.
  void SetUnavailable(bool unavailable);
  /// Calls so far.
  int calls() const;
  /// A copy of everything.
  FakeStoreState state() const;

  Result<StoredGroup> Append(const AlertGroup& group, Time now) override;
  Result<std::vector<StoredAlert>> Uncorrelated(std::size_t limit) override;
  Result<AlertPage> List(const AlertQuery& query) override;

  Result<Incident> Load(const std::string& id) override;
  Result<void> Save(const IncidentUpdate& update) override;
  Result<std::vector<Incident>> Unfinished() override;

  Result<std::optional<std::string>> FindOpen(const ObjectRef& target,
                                              IncidentType type) override;
  Result<std::vector<Incident>> OfTarget(const ObjectRef& target,
                                         Time since) override;
  Result<void> Link(const std::vector<AlertLinks>& links) override;

  Result<void> Append(std::span<const AuditRecord> records) override;
  Result<std::vector<AuditRecord>> Find(
      const std::string& incident_id) override;
  Result<std::vector<StoredIntent>> Intents(
      const std::string& incident_id) override;

  Result<SafetyState> Recent(Time now) override;
  Result<void> SetBreaker(const BreakerChange& change) override;
  Result<void> SetKillSwitch(const KillSwitchRow& row) override;

  Result<std::optional<Heartbeat>> LastBeat() override;
  Result<void> Beat(const Heartbeat& beat) override;

  Result<Incident> Decide(const ApprovalDecision& decision, Time now) override;

  Result<IncidentPage> List(const IncidentQuery& query) override;
  Result<IncidentEvidence> Evidence(const std::string& incident_id) override;

 private:
  Result<void> CommitIntent(const Permit& permit, const Incident& incident,
                            std::span<const AuditRecord> records,
                            const KeptEvidence* evidence) override;

  /// Runs `work(State&)` on a copy, which is kept where it succeeds.
  template <typename Work>
  auto Write(Work work) -> decltype(work(std::declval<FakeStoreState&>()));
  template <typename Work>
  auto Read(Work work) -> decltype(work(std::declval<FakeStoreState&>()));
  std::optional<Error> Fault() REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  FakeStoreState state_ GUARDED_BY(mutex_);
  bool unavailable_ GUARDED_BY(mutex_) = false;
  int calls_ GUARDED_BY(mutex_) = 0;
  int fail_at_ GUARDED_BY(mutex_) = 0;
  int lose_at_ GUARDED_BY(mutex_) = 0;
  int late_at_ GUARDED_BY(mutex_) = 0;
  std::optional<FakeStoreState> late_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::testing
