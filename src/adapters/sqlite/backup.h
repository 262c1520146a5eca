#pragma once

#include <string>

#include "adapters/sql/audit_verify.h"
#include "core/digest.h"
#include "core/result.h"

namespace selfheal {

/// Writes a copy of the database at `path` to the new file `to` (mode 0600),
/// synced, and checks it: the pages, then the chain of its audit.
///
/// Runs beside `serve`: the copy is one consistent snapshot and holds nobody
/// up. On any error there is no file `to`.
/// @error kAlreadyExists  `to` is there; kNotFound  there is no database;
///        kUnavailable, kDataLoss  it can't be read, or not be written.
Result<AuditReport> Backup(const std::string& path, const std::string& to,
                           const Digester& digester);

}  // namespace selfheal
