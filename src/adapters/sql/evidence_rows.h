#pragma once

#include <string>

#include "adapters/sql/connection.h"
#include "core/digest.h"
#include "core/kept_evidence.h"
#include "record/incident_reader.h"

namespace selfheal::sql {

/// Evidence as its row holds it; made on the caller's thread.
struct EvidenceRow {
  Time at;
  std::string digest;  ///< SHA-256 of the text before compression.
  std::size_t size = 0;
  std::string body;  ///< zlib.
  bool judged = false;
};

/// @error kInternal  it can't be compressed.
Result<EvidenceRow> RowOf(const KeptEvidence& evidence, const Digester& digest);

/// Keeps a row with its incident. Of those that nobody judged only the newest
/// stays; of the judged ones the oldest beyond the bounds (64 rows, 4 MiB an
/// incident) are dropped, the newest never.
Result<void> InsertEvidence(Connection& db, const std::string& incident,
                            const EvidenceRow& row);

/// @error kNotFound  none is kept; kDataLoss  it does not match its digest.
Result<IncidentEvidence> EvidenceToShow(Connection& db,
                                        const std::string& incident,
                                        const Digester& digest);

/// The evidence that has the digest `sha256`; errors as EvidenceToShow.
Result<KeptEvidence> FindEvidence(Connection& db, const std::string& incident,
                                  const std::string& sha256,
                                  const Digester& digest);

}  // namespace selfheal::sql
