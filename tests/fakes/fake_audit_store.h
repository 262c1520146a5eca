#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/audit_store.h"

namespace selfheal::testing {

/// Keeps records and intents in memory. Not thread-safe.
class FakeAuditStore final : public AuditStore {
 public:
  Result<void> Append(std::span<const AuditRecord> more) override {
    if (fault) return *fault;
    records.insert(records.end(), more.begin(), more.end());
    return {};
  }
  Result<std::vector<AuditRecord>> Find(const std::string& id) override {
    if (fault) return *fault;
    std::vector<AuditRecord> found;
    for (const AuditRecord& record : records) {
      if (record.incident_id == id) found.push_back(record);
    }
    return found;
  }
  Result<std::vector<StoredIntent>> Intents(const std::string& id) override {
    if (fault) return *fault;
    std::vector<StoredIntent> found;
    for (const StoredIntent& intent : intents) {
      if (intent.purpose.incident_id == id) found.push_back(intent);
    }
    return found;
  }

  std::vector<AuditRecord> records;
  std::vector<StoredIntent> intents;
  std::optional<Error> fault;

 private:
  Result<void> CommitIntent(const Permit& permit, const Incident&,
                            std::span<const AuditRecord> more,
                            const KeptEvidence*) override {
    if (fault) return *fault;
    for (const StoredIntent& intent : intents) {
      if (intent.purpose.intent_id == permit.purpose().intent_id) {
        return Error{Code::kAlreadyExists, "the intent exists"};
      }
    }
    intents.push_back({.purpose = permit.purpose(),
                       .mutation = permit.mutation(),
                       .request = permit.request(),
                       .created_at = permit.issued_at(),
                       .deadline = permit.deadline(),
                       .outcome = std::nullopt});
    records.insert(records.end(), more.begin(), more.end());
    return {};
  }
};

}  // namespace selfheal::testing
