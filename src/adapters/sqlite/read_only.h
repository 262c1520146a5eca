#pragma once

#include <memory>
#include <string>

#include "adapters/sqlite/connection.h"

namespace selfheal::sqlite {

/// The database at `path`, read-only, at one consistent snapshot; runs beside
/// `serve`.
///
/// @error kUnavailable, kDataLoss  the file can't be read; kNotFound  there is
///        none, or it holds no audit.
Result<std::unique_ptr<Connection>> OpenAudit(const std::string& path);

/// The database at `path`, read-only, for a ReadOnlyHistory.
///
/// @error kNotFound  there is no such file; kFailedPrecondition  it is of
///        another release; kUnavailable, kDataLoss  it can't be read.
Result<std::unique_ptr<Connection>> OpenForHistory(const std::string& path);

}  // namespace selfheal::sqlite
