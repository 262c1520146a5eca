#pragma once

#include <string>

#include "adapters/sql/audit_verify.h"
#include "config/config.h"

namespace selfheal {

/// Copies the whole embedded store in `file` into the empty PostgreSQL database
/// that `database.url` names, in one transaction, and checks the chain of the
/// audit before and afterwards. The file stays as it is.
///
/// @return the audit as it is in PostgreSQL.
/// @error kInvalidArgument  `database.url` is no postgresql://; kNotFound  no
///        such file; kFailedPrecondition  a process serves from the file, it is
///        of another release, or the database is not empty; kDataLoss  its
///        audit is not intact; others as OpenPostgresStore.
Result<AuditReport> MoveStore(const Config& config, const std::string& file);

}  // namespace selfheal
