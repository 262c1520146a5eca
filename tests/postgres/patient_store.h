#pragma once

#include <memory>

#include "adapters/postgres/postgres_store.h"

namespace selfheal::testing {

/// Opens the store of a server that is there. Every call of the product has a
/// deadline, which a machine that is busy with other tests may miss: then it is
/// tried again, for a minute.
std::unique_ptr<SqlStore> OpenPatiently(const PostgresOptions& options);

}  // namespace selfheal::testing
