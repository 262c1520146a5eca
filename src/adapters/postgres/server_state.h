#pragma once

#include <optional>
#include <string>

#include "adapters/sql/audit_chain.h"
#include "adapters/sql/connection.h"

namespace selfheal::postgres {

/// Whether a crash of the server may lose what it said was committed.
enum class Durability {
  kRequired,
  kWaived,  ///< For tests, of which nothing is kept.
};

/// Looks whether the server keeps what it commits: it is the primary, in UTF-8,
/// with fsync and full_page_writes.
///
/// @error kUnavailable  a standby; kFailedPrecondition  a setting, with what
///        was expected.
Result<void> CheckServer(sql::Connection& db, Durability durability);

/// Remembers which server is written to. Where it is another than the last
/// time (a standby was promoted, a backup restored), or standbys follow that
/// may lack what was committed, the global breaker opens until a person closes
/// it: a record of an action may be lost. `db` is no transaction.
///
/// @return what was found, or nothing.
Result<std::optional<std::string>> NoteServer(sql::Connection& db,
                                              const Digester& digester,
                                              Time now);

}  // namespace selfheal::postgres
