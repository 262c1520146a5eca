#pragma once

#include "core/result.h"

struct sqlite3;

namespace selfheal::sqlite {

/// What SQLite's result `code` on `db` (may be null) means to us.
///
/// Damage of the file is kDataLoss, a unique key that is taken kAlreadyExists;
/// busy, full, unwritable and out of memory are kUnavailable.
Error ErrorOf(sqlite3* db, int code);

}  // namespace selfheal::sqlite
