#pragma once

#include <iosfwd>
#include <string>

#include "adapters/sql/audit_chain.h"
#include "core/digest.h"
#include "core/result.h"

namespace selfheal {

/// What reading the whole chain found.
struct AuditReport {
  long long rows = 0;       ///< Read, the bad one included.
  long long first_bad = 0;  ///< Its seq; 0 = the chain is intact.
  std::string problem;      ///< What is wrong with it.
  sql::ChainHead head;      ///< The last good row.
};

/// Recomputes the hash of every audit row; `db` is in a snapshot, as
/// sqlite::OpenAudit and postgres::OpenAudit give it.
///
/// @param known_head  a head that was written elsewhere, as the log is told it
///        every few minutes; a row must carry it. "" = none is known. Without
///        one, rows cut off the end together with their head are not missed.
/// Takes no lock, so that it may run beside `serve`. Cost: O(rows), constant
/// memory.
/// @error kUnavailable, kDataLoss  the database can't be read.
Result<AuditReport> VerifyAudit(sql::Connection& db, const Digester& digester,
                                const std::string& known_head = "");

/// Writes every audit row as one JSON line with its hashes, oldest first;
/// returns how many. Runs beside `serve` too.
///
/// @error as VerifyAudit; kUnavailable  `out` takes no more.
Result<long long> ExportAudit(sql::Connection& db, std::ostream& out);

}  // namespace selfheal
