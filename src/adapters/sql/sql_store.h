#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/sql/audit_chain.h"
#include "adapters/sql/reader_pool.h"
#include "adapters/sql/writer.h"
#include "core/clock.h"
#include "core/digest.h"
#include "correlate/incident_store.h"
#include "guard/action_history.h"
#include "intake/alert_store.h"
#include "record/approval_store.h"
#include "record/audit_store.h"
#include "record/chat_store.h"
#include "record/heartbeat_store.h"
#include "record/incident_reader.h"

namespace selfheal {

struct SqlStoreOptions {
  Digester digester;  ///< SHA-256.
  /// Outlives the store.
  const Clock* clock = nullptr;
  sql::WriterLimits limits{};
  /// Whether correlate has to look at alerts with these labels; those that it
  /// need not are stored as looked at. Empty: at all. Called by any thread.
  std::function<bool(const Labels&)> concerns{};
};

/// The store, in a database of either engine (OpenSqliteStore,
/// OpenPostgresStore). Thread-safe; see sql::Writer for how it writes.
///
/// Writes return after a durable COMMIT; reads see every write that returned
/// before them and never wait for the writer.
class SqlStore final : public AlertStore,
                       public IncidentStore,
                       public CorrelationStore,
                       public AuditStore,
                       public ActionHistory,
                       public ApprovalStore,
                       public IncidentReader,
                       public HeartbeatStore,
                       public ChatStore {
 public:
  /// Over a database that has this release's schema.
  ///
  /// @param db  of `engine`, for its writer.
  /// @error kUnavailable  the audit can't be read.
  static Result<std::unique_ptr<SqlStore>> Over(
      std::unique_ptr<sql::Engine> engine, std::unique_ptr<sql::Connection> db,
      SqlStoreOptions options);

  /// False while the database can't be written; it is tried again on its own.
  bool Writable() const { return writer_->Writable(); }
  /// Looks whether what is stored can be relied on; where not, nothing more is
  /// taken until it is. Holds nobody up. Cost: SQLite reads the whole file.
  ///
  /// @error kDataLoss  damaged; kFailedPrecondition  it can't be relied on;
  ///        kUnavailable  it can't be read.
  Result<void> CheckDatabase();
  /// The committed head of the audit, to be logged now and then.
  sql::ChainHead AuditHead() const { return writer_->Head(); }

  Result<StoredGroup> Append(const AlertGroup& group, Time now) override;
  std::vector<Result<StoredGroup>> AppendAll(
      std::span<const AlertGroup* const> groups, Time now) override;
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

  Result<void> SaveThread(const ChatThread& thread) override;
  Result<void> ForgetThread(const std::string& incident_id) override;
  Result<std::optional<ChatThread>> ThreadOf(
      const std::string& incident_id) override;
  Result<std::optional<ChatThread>> ThreadAt(const std::string& channel,
                                             const std::string& ts) override;
  Result<bool> TakeInput(const ChatInput& input) override;
  Result<std::vector<ChatInput>> WaitingInputs() override;
  Result<void> FinishInput(long long row) override;

  Result<IncidentPage> List(const IncidentQuery& query) override;
  Result<IncidentEvidence> Evidence(const std::string& incident_id) override;

 private:
  SqlStore(std::unique_ptr<sql::Engine> engine,
           std::unique_ptr<sql::Connection> db, sql::AuditChain audit,
           SqlStoreOptions options);

  Result<void> CommitIntent(const Permit& permit, const Incident& incident,
                            std::span<const AuditRecord> records,
                            const KeptEvidence* evidence) override;

  const Digester digester_;
  const Clock& clock_;
  const std::function<bool(const Labels&)> concerns_;
  // The engine goes last, the writer before it, the readers first.
  const std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<sql::Writer> writer_;
  sql::ReaderPool readers_;
};

}  // namespace selfheal
