#pragma once

#include <functional>
#include <span>
#include <string>

#include "sim/fakes/fake_store.h"

namespace selfheal::testing {

/// The rules of a store, on plain values.
StoredGroup AppendAlerts(FakeStoreState& state, const AlertGroup& group,
                         Time now);
Result<void> LinkAlerts(FakeStoreState& state,
                        const std::vector<long long>& rows,
                        const std::string& incident);

/// The incident with alerts and approval joined.
Result<Incident> JoinIncident(const FakeStoreState& state,
                              const std::string& id);
/// Those that `wanted` takes, joined, oldest first.
std::vector<Incident> IncidentsWhere(
    const FakeStoreState& state,
    const std::function<bool(const Incident&)>& wanted);
/// True where the query's filters let it pass.
bool Fits(const Incident& incident, const IncidentQuery& query);
Result<void> PutIncident(FakeStoreState& state, const Incident& incident);

void AppendAudit(FakeStoreState& state, std::span<const AuditRecord> records);

Result<void> InsertIntent(FakeStoreState& state, const Permit& permit,
                          Time now);
Result<void> EndIntent(FakeStoreState& state, const IntentOutcome& end);
Result<void> CheckOpenIntents(const FakeStoreState& state,
                              const Incident& incident);
Result<void> EndAction(FakeStoreState& state, const ActionEnd& end, Time now);

Result<void> DecideApproval(FakeStoreState& state,
                            const ApprovalDecision& decision, Time now);

Result<void> WriteBreaker(FakeStoreState& state, const BreakerChange& change,
                          Time now);
SafetyState ReadSafety(const FakeStoreState& state, Time now);

}  // namespace selfheal::testing
