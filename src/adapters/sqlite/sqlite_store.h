#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/sqlite/audit_chain.h"
#include "adapters/sqlite/file_lock.h"
#include "adapters/sqlite/reader_pool.h"
#include "adapters/sqlite/writer.h"
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

struct SqliteOptions {
  std::string path;   ///< Absolute; its folder exists. Made where absent.
  Digester digester;  ///< SHA-256.
  /// Outlives the store.
  const Clock* clock = nullptr;
  sqlite::WriterLimits limits{};
  /// Whether correlate has to look at alerts with these labels; those that it
  /// need not are stored as looked at. Empty: at all. Called by any thread.
  std::function<bool(const Labels&)> concerns{};
};

/// The embedded default store: one SQLite file in WAL mode, held by one
/// process. Thread-safe; see sqlite::Writer for how it writes.
///
/// Writes return after an fsynced COMMIT; reads see every write that returned
/// before them and never wait for the writer.
class SqliteStore final : public AlertStore,
                          public IncidentStore,
                          public CorrelationStore,
                          public AuditStore,
                          public ActionHistory,
                          public ApprovalStore,
                          public IncidentReader,
                          public HeartbeatStore,
                          public ChatStore {
 public:
  /// Takes the file, checks it and brings it to this release's schema.
  ///
  /// @error kFailedPrecondition  another process holds it (with its pid), or
  ///        it is of a newer release; kDataLoss  it is damaged; kUnavailable
  ///        it can't be opened or written.
  static Result<std::unique_ptr<SqliteStore>> Open(SqliteOptions options);

  /// False while the file can't be written; it is tried again on its own.
  bool Writable() const { return writer_->Writable(); }
  /// Checks every page of the file; where it is damaged nothing more is taken
  /// until it is whole again. Holds nobody up. Cost: reads the whole file.
  ///
  /// @error kDataLoss  damaged; kUnavailable  it can't be read.
  Result<void> CheckFile();
  /// The committed head of the audit, to be logged now and then.
  sqlite::ChainHead AuditHead() const { return writer_->Head(); }

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
  SqliteStore(SqliteOptions options, std::unique_ptr<sqlite::FileLock> lock,
              std::unique_ptr<sqlite::Connection> db, sqlite::AuditChain audit);

  Result<void> CommitIntent(const Permit& permit, const Incident& incident,
                            std::span<const AuditRecord> records,
                            const KeptEvidence* evidence) override;

  const Digester digester_;
  const Clock& clock_;
  const std::function<bool(const Labels&)> concerns_;
  // The lock goes last, the writer before it, the readers first.
  std::unique_ptr<sqlite::FileLock> lock_;
  std::unique_ptr<sqlite::Writer> writer_;
  sqlite::ReaderPool readers_;
};

}  // namespace selfheal
