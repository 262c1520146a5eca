#pragma once

#include <string>
#include <vector>

#include "app/judge_filter.h"
#include "core/result.h"

namespace selfheal {

/// Reads a CSV file of metrics: a header of unique names, one row a step;
/// an empty field or NaN is missing.
///
/// @error kInvalidArgument  "FILE: row R, column C: expected ..., found ...";
///        rows count from 1 below the header.
/// @error kNotFound  The file cannot be read.
Result<assess::NamedTable> ReadMetrics(const std::string& path);

/// Reads a CSV file with the header `row`: 0-based rows below `limit`.
Result<std::vector<int>> ReadRows(const std::string& path, int limit);

}  // namespace selfheal
