#pragma once

#include <string_view>

#include "core/fields.h"

namespace selfheal {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// Where structured log lines go. Implementations are thread-safe.
class Logger {
 public:
  virtual ~Logger() = default;
  /// Writes one line: a constant `message` and its fields. Never throws.
  virtual void Log(LogLevel level, std::string_view message,
                   const Fields& fields) = 0;

  void Info(std::string_view message, const Fields& fields = {}) {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warn(std::string_view message, const Fields& fields = {}) {
    Log(LogLevel::kWarn, message, fields);
  }
  void Error(std::string_view message, const Fields& fields = {}) {
    Log(LogLevel::kError, message, fields);
  }
};

}  // namespace selfheal
