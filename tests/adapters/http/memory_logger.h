#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "core/log.h"

namespace selfheal::testing {

/// Keeps every line, for tests of what is, or must not be, logged.
class MemoryLogger final : public Logger {
 public:
  void Log(LogLevel, std::string_view message, const Fields& fields) override {
    const std::lock_guard lock(mutex_);
    text_ += message;
    for (const auto& [key, value] : fields) {
      text_ += " " + key + "=";
      if (const auto* text = std::get_if<std::string>(&value)) text_ += *text;
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        text_ += std::to_string(*number);
      }
    }
    text_ += '\n';
  }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace selfheal::testing
