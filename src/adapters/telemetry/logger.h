#pragma once

#include <memory>
#include <string>

#include "core/log.h"

namespace selfheal::telemetry {

/// A logger to stderr, one line an entry; values are escaped, so that no
/// field can start a line of its own.
///
/// @param level   debug, info, warn or error.
/// @param format  logfmt or json.
std::unique_ptr<Logger> CreateLogger(const std::string& level,
                                     const std::string& format);

/// One line without its end: `ts=... level=... msg=... key=value` or the same
/// as a JSON object. Bytes that are no printable ASCII or valid UTF-8 are
/// escaped.
std::string LogLine(const std::string& format, const std::string& time,
                    LogLevel level, std::string_view message,
                    const Fields& fields);

}  // namespace selfheal::telemetry
