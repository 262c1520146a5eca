#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "core/digest.h"
#include "core/record.h"

namespace selfheal::sql {

/// The last row of the chain; seq 0 = none yet.
struct ChainHead {
  long long seq = 0;
  std::string hash;

  bool operator==(const ChainHead&) const = default;
};

/// What the first row is chained to.
std::string ChainSeed();

/// The hash of a row: of the hash before it and of its own canonical line.
std::string ChainHash(const Digester& digest, const std::string& previous,
                      std::string_view line);

/// Appends rows to the audit on the writer's connection. Not thread-safe.
class AuditChain {
 public:
  explicit AuditChain(Digester digest) : digest_(std::move(digest)) {}

  /// Reads the head of the stored chain; also after a failed commit.
  Result<void> Load(Connection& db);
  /// Goes on where another process went on with the chain, at the beginning of
  /// every transaction. Never goes back: rows that were cut off are missed.
  Result<void> Follow(Connection& db);
  /// Gives each record its seq and its hash, and inserts it.
  Result<void> Append(Connection& db, std::span<const AuditRecord> records);
  /// Writes the head's row; once a transaction.
  Result<void> SaveHead(Connection& db);

  const ChainHead& head() const { return head_; }
  /// Back to a head from before rows that were rolled back.
  void Restore(const ChainHead& head) { head_ = head; }

 private:
  Result<void> AppendOne(Connection& db, const AuditRecord& record);

  Digester digest_;
  ChainHead head_;
};

/// The records of one incident ("" = of the service), oldest first.
Result<std::vector<AuditRecord>> FindRecords(Connection& db,
                                             const std::string& incident_id);

}  // namespace selfheal::sql
