#pragma once

#include "adapters/sql/connection.h"

namespace selfheal::postgres {

/// Brings the database to this release's schema, one transaction a step,
/// forward only; of several processes one does it and the others wait. What a
/// release adds leaves the release before it working: the schema's row names
/// the oldest schema whose release may use it, and only an older one refuses.
///
/// @error kFailedPrecondition  the schema admits newer releases only, or the
///        tables are another program's.
Result<void> Migrate(sql::Connection& db);

/// Looks whether the database has a schema that admits this release, and
/// changes nothing.
///
/// @error kNotFound  it holds no store; kFailedPrecondition  as Migrate, or an
///        older release's.
Result<void> CheckSchema(sql::Connection& db);

/// The schema that this release brings.
int KnownSchema();

}  // namespace selfheal::postgres
