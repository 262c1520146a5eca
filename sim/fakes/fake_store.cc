#include "sim/fakes/fake_store.h"

#include <algorithm>
#include <utility>

#include "sim/fakes/fake_store_state.h"

namespace selfheal::testing {

void FakeStore::FailCall(int nth) {
  const MutexLock lock(mutex_);
  fail_at_ = calls_ + nth;
}

void FakeStore::LoseAnswer(int nth) {
  const MutexLock lock(mutex_);
  lose_at_ = calls_ + nth;
}

void FakeStore::CommitLate(int nth) {
  const MutexLock lock(mutex_);
  late_at_ = calls_ + nth;
}

void FakeStore::SetUnavailable(bool unavailable) {
  const MutexLock lock(mutex_);
  unavailable_ = unavailable;
}

int FakeStore::calls() const {
  const MutexLock lock(mutex_);
  return calls_;
}

FakeStoreState FakeStore::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

std::optional<Error> FakeStore::Fault() {
  ++calls_;
  if (!unavailable_ && calls_ != fail_at_) return std::nullopt;
  return Error{Code::kUnavailable, "the store can't answer: the test says so"};
}

template <typename Work>
auto FakeStore::Write(Work work)
    -> decltype(work(std::declval<FakeStoreState&>())) {
  const MutexLock lock(mutex_);
  if (auto fault = Fault()) return *fault;
  if (late_) state_ = *std::exchange(late_, std::nullopt);
  FakeStoreState next = state_;
  auto result = work(next);
  const bool late = calls_ == late_at_;
  if (result.ok()) (late ? late_.emplace() : state_) = std::move(next);
  if (late || calls_ == lose_at_) {
    return Error{Code::kUnavailable, "not finished in time: the test says so"};
  }
  return result;
}

template <typename Work>
auto FakeStore::Read(Work work)
    -> decltype(work(std::declval<FakeStoreState&>())) {
  const MutexLock lock(mutex_);
  if (auto fault = Fault()) return *fault;
  return work(state_);
}

Result<StoredGroup> FakeStore::Append(const AlertGroup& group, Time now) {
  return Write([&](FakeStoreState& state) -> Result<StoredGroup> {
    AppendAudit(state, LeftOut(group, now));
    return AppendAlerts(state, group, now);
  });
}

Result<std::vector<StoredAlert>> FakeStore::Uncorrelated(std::size_t limit) {
  return Read([&](FakeStoreState& state) -> Result<std::vector<StoredAlert>> {
    std::vector<StoredAlert> out;
    for (const auto& row : state.alerts) {
      if (!row.stored.correlated && out.size() < limit) {
        out.push_back(row.stored);
      }
    }
    return out;
  });
}

Result<AlertPage> FakeStore::List(const AlertQuery& query) {
  return Read([&](FakeStoreState& state) -> Result<AlertPage> {
    const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 500);
    AlertPage page;
    for (auto row = state.alerts.rbegin(); row != state.alerts.rend(); ++row) {
      const StoredAlert& stored = row->stored;
      if (query.cursor && stored.row >= *query.cursor) continue;
      if (query.since && stored.received_at < *query.since) continue;
      if (!query.fingerprint.empty() &&
          stored.alert.fingerprint != query.fingerprint) {
        continue;
      }
      if (page.items.size() == limit) {
        page.next = page.items.back().row;
        break;
      }
      page.items.push_back(stored);
    }
    return page;
  });
}

Result<Incident> FakeStore::Load(const std::string& id) {
  return Read([&](FakeStoreState& state) { return JoinIncident(state, id); });
}

Result<void> FakeStore::Save(const IncidentUpdate& update) {
  const Time now = clock_.Now();
  return Write([&](FakeStoreState& state) {
    Result<void> done = PutIncident(state, *update.incident);
    if (done.ok()) {
      done = LinkAlerts(state, update.alert_rows, update.incident->id);
    }
    for (const IntentOutcome& outcome : update.outcomes) {
      if (done.ok()) done = EndIntent(state, outcome);
    }
    if (done.ok()) done = CheckOpenIntents(state, *update.incident);
    if (done.ok() && update.action_end) {
      done = EndAction(state, *update.action_end, now);
    }
    if (!done.ok()) return done;
    if (update.evidence != nullptr) {
      state.evidence[update.incident->id].push_back(
          std::make_shared<KeptEvidence>(*update.evidence));
    }
    AppendAudit(state, update.records);
    return done;
  });
}

Result<std::vector<Incident>> FakeStore::Unfinished() {
  return Read([&](FakeStoreState& state) -> Result<std::vector<Incident>> {
    return IncidentsWhere(state, [](const Incident& incident) {
      return !IsTerminal(incident.phase);
    });
  });
}

Result<std::vector<Incident>> FakeStore::OfTarget(const ObjectRef& target,
                                                  Time since) {
  return Read([&](FakeStoreState& state) -> Result<std::vector<Incident>> {
    return IncidentsWhere(state, [&](const Incident& incident) {
      return incident.target == target &&
             (!IsTerminal(incident.phase) || incident.opened_at >= since);
    });
  });
}

Result<std::optional<std::string>> FakeStore::FindOpen(const ObjectRef& target,
                                                       IncidentType type) {
  return Read([&](FakeStoreState& state) -> Result<std::optional<std::string>> {
    for (const auto& [id, incident] : state.incidents) {
      if (incident.target == target && incident.type == type &&
          !IsTerminal(incident.phase)) {
        return std::optional<std::string>(id);
      }
    }
    return std::optional<std::string>();
  });
}

Result<void> FakeStore::Link(const std::vector<AlertLinks>& links) {
  return Write([&](FakeStoreState& state) {
    for (const AlertLinks& one : links) {
      const auto incident = state.incidents.find(one.incident_id);
      if (one.if_open && (incident == state.incidents.end() ||
                          IsTerminal(incident->second.phase))) {
        continue;
      }
      Result<void> done = LinkAlerts(state, one.alert_rows, one.incident_id);
      if (!done.ok()) return done;
      AppendAudit(state, one.records);
    }
    return Result<void>();
  });
}

Result<void> FakeStore::Append(std::span<const AuditRecord> records) {
  return Write([&](FakeStoreState& state) -> Result<void> {
    AppendAudit(state, records);
    return {};
  });
}

Result<std::vector<AuditRecord>> FakeStore::Find(
    const std::string& incident_id) {
  return Read([&](FakeStoreState& state) -> Result<std::vector<AuditRecord>> {
    std::vector<AuditRecord> out;
    for (const AuditRecord& record : state.audit) {
      if (record.incident_id == incident_id) out.push_back(record);
    }
    return out;
  });
}

Result<std::vector<StoredIntent>> FakeStore::Intents(
    const std::string& incident_id) {
  return Read([&](FakeStoreState& state) -> Result<std::vector<StoredIntent>> {
    std::vector<StoredIntent> out;
    for (const StoredIntent& intent : state.intents) {
      if (intent.purpose.incident_id == incident_id) out.push_back(intent);
    }
    return out;
  });
}

Result<SafetyState> FakeStore::Recent(Time now) {
  return Read([&](FakeStoreState& state) -> Result<SafetyState> {
    return ReadSafety(state, now);
  });
}

Result<void> FakeStore::SetBreaker(const BreakerChange& change) {
  const Time now = clock_.Now();
  return Write(
      [&](FakeStoreState& state) { return WriteBreaker(state, change, now); });
}

Result<std::optional<Heartbeat>> FakeStore::LastBeat() {
  return Read([](FakeStoreState& state) {
    return Result<std::optional<Heartbeat>>(state.heartbeat);
  });
}

Result<void> FakeStore::Beat(const Heartbeat& beat) {
  return Write([&](FakeStoreState& state) {
    state.heartbeat = beat;
    return Result<void>();
  });
}

Result<void> FakeStore::SetKillSwitch(const KillSwitchRow& row) {
  return Write([&](FakeStoreState& state) -> Result<void> {
    state.kill_switch = row;
    const AuditRecord record{0,
                             row.since,
                             "",
                             Stage::kGuard,
                             row.on ? "kill_switch_on" : "kill_switch_off",
                             row.reason,
                             {{"by", row.by}}};
    AppendAudit(state, std::span(&record, 1));
    return {};
  });
}

Result<Incident> FakeStore::Decide(const ApprovalDecision& decision, Time now) {
  return Write([&](FakeStoreState& state) -> Result<Incident> {
    const Result<void> done = DecideApproval(state, decision, now);
    if (!done.ok()) return done.error();
    return JoinIncident(state, decision.incident_id);
  });
}

Result<IncidentPage> FakeStore::List(const IncidentQuery& query) {
  return Read([&](FakeStoreState& state) -> Result<IncidentPage> {
    std::vector<Incident> all;
    for (const auto& [id, incident] : state.incidents) {
      Incident joined = *JoinIncident(state, id);
      if (Fits(joined, query)) all.push_back(std::move(joined));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return std::pair(a.opened_at, a.id) > std::pair(b.opened_at, b.id);
    });
    auto first = all.begin();
    if (!query.cursor.empty()) {
      first = std::find_if(all.begin(), all.end(), [&](const Incident& i) {
        return i.id == query.cursor;
      });
      if (first == all.end()) {
        return Error{Code::kInvalidArgument, "cursor: not one of ours"};
      }
      ++first;
    }
    const auto limit = std::clamp(query.limit, 1, 500);
    const auto last =
        std::distance(first, all.end()) > limit ? first + limit : all.end();
    IncidentPage page{{first, last}, ""};
    if (last != all.end()) page.next = page.items.back().id;
    return page;
  });
}

Result<IncidentEvidence> FakeStore::Evidence(const std::string& incident_id) {
  return Read([&](FakeStoreState& state) -> Result<IncidentEvidence> {
    const auto found = state.evidence.find(incident_id);
    if (found == state.evidence.end()) {
      return Error{Code::kNotFound, "no evidence of incident " + incident_id};
    }
    const auto& all = found->second;
    const auto judged =
        std::find_if(all.rbegin(), all.rend(),
                     [](const auto& one) { return one->judged.has_value(); });
    if (judged == all.rend() || judged == all.rbegin()) {
      return IncidentEvidence{*all.back(), std::nullopt};
    }
    return IncidentEvidence{**judged, all.back()->window};
  });
}

Result<void> FakeStore::CommitIntent(const Permit& permit,
                                     const Incident& incident,
                                     std::span<const AuditRecord> records,
                                     const KeptEvidence* evidence) {
  const Time now = std::max(clock_.Now(), permit.issued_at());
  return Write([&](FakeStoreState& state) {
    Result<void> done = InsertIntent(state, permit, now);
    if (done.ok()) done = PutIncident(state, incident);
    if (done.ok()) done = CheckOpenIntents(state, incident);
    if (!done.ok()) return done;
    if (evidence != nullptr) {
      state.evidence[incident.id].push_back(
          std::make_shared<KeptEvidence>(*evidence));
    }
    std::vector<AuditRecord> rows(records.begin(), records.end());
    const bool noted =
        std::any_of(rows.begin(), rows.end(), [](const AuditRecord& record) {
          return record.stage == Stage::kExecute && record.outcome == "intent";
        });
    if (!noted) {
      rows.push_back({0,
                      now,
                      incident.id,
                      Stage::kExecute,
                      "intent",
                      "An intent is to be sent.",
                      {{"intent_id", permit.purpose().intent_id}}});
    }
    AppendAudit(state, rows);
    return done;
  });
}

}  // namespace selfheal::testing
