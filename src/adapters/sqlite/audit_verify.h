#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "adapters/sqlite/audit_chain.h"
#include "core/digest.h"
#include "core/result.h"

namespace selfheal {

namespace sqlite {

/// The database at `path`, read-only, at one consistent snapshot.
///
/// @error as VerifyAudit.
Result<std::unique_ptr<Connection>> OpenAudit(const std::string& path);

}  // namespace sqlite

/// What reading the whole chain found.
struct AuditReport {
  long long rows = 0;       ///< Read, the bad one included.
  long long first_bad = 0;  ///< Its seq; 0 = the chain is intact.
  std::string problem;      ///< What is wrong with it.
  sqlite::ChainHead head;   ///< The last good row.
};

/// Recomputes the hash of every audit row of the database at `path`.
///
/// @param known_head  a head that was written elsewhere, as the log is told it
///        every few minutes; a row must carry it. "" = none is known. Without
///        one, rows cut off the end together with their head are not missed.
/// Opens it read-only and takes no lock, so that it may run beside `serve`:
/// it sees one consistent snapshot. Cost: O(rows), constant memory.
/// @error kUnavailable, kDataLoss  the file can't be read; kNotFound  there
///        is none, or it holds no audit.
Result<AuditReport> VerifyAudit(const std::string& path,
                                const Digester& digester,
                                const std::string& known_head = "");

/// Writes every audit row as one JSON line with its hashes, oldest first;
/// returns how many. Runs beside `serve` too.
///
/// @error as VerifyAudit; kUnavailable  `out` takes no more.
Result<long long> ExportAudit(const std::string& path, std::ostream& out);

}  // namespace selfheal
