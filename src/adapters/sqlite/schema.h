#pragma once

#include "adapters/sql/connection.h"

namespace selfheal::sqlite {

/// Brings the file to this release's schema, one transaction a step, forward
/// only.
///
/// @error kFailedPrecondition  the file was written by a newer release, or is
///        another program's.
Result<void> Migrate(sql::Connection& db);

/// Looks whether the file has this release's schema, and changes nothing.
///
/// @error kFailedPrecondition  it is of another release or another program.
Result<void> CheckSchema(sql::Connection& db);

/// Reads the whole file and checks its structure.
///
/// @error kDataLoss  it is damaged, with the first thing found.
Result<void> QuickCheck(sql::Connection& db);

}  // namespace selfheal::sqlite
