#pragma once

#include <string>

#include "adapters/sqlite/connection.h"
#include "core/digest.h"
#include "core/evidence.h"

namespace selfheal::sqlite {

/// Evidence as its row holds it; made on the caller's thread.
struct EvidenceRow {
  Time at;
  std::string digest;  ///< SHA-256 of the text before compression.
  std::size_t size = 0;
  std::string body;  ///< zlib.
};

/// @error kInternal  it can't be compressed.
Result<EvidenceRow> RowOf(const EvidenceWindow& evidence,
                          const Digester& digest);

/// Keeps a row with its incident and drops the oldest ones beyond the bounds
/// (16 rows, 4 MiB an incident; the newest one always stays).
Result<void> InsertEvidence(Connection& db, const std::string& incident,
                            const EvidenceRow& row);

/// @error kNotFound  none is kept; kDataLoss  it does not match its digest.
Result<EvidenceWindow> LastEvidence(Connection& db, const std::string& incident,
                                    const Digester& digest);

}  // namespace selfheal::sqlite
