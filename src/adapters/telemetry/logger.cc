#include "adapters/telemetry/logger.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "core/clock.h"
#include "core/text.h"

namespace selfheal::telemetry {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

/// A JSON string; control and format characters never appear raw.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return EscapeUnseen(out) + "\"";
}

std::string Number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

struct ValueVisitor {
  std::string operator()(const std::string& value) const {
    return Quote(value);
  }
  std::string operator()(std::int64_t value) const {
    return std::to_string(value);
  }
  std::string operator()(double value) const { return Number(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
};

class SpdLogger final : public Logger {
 public:
  SpdLogger(spdlog::level::level_enum level, std::string format)
      : format_(std::move(format)),
        logger_("selfheal", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%v");
    logger_.set_level(level);
    logger_.flush_on(spdlog::level::info);
  }

  void Log(LogLevel level, std::string_view message,
           const Fields& fields) override {
    const auto severity = Severity(level);
    if (!logger_.should_log(severity)) return;
    logger_.log(severity, "{}",
                LogLine(format_, FormatTime(SystemClock().Now()), level,
                        message, fields));
  }

 private:
  static spdlog::level::level_enum Severity(LogLevel level) {
    switch (level) {
      case LogLevel::kDebug:
        return spdlog::level::debug;
      case LogLevel::kInfo:
        return spdlog::level::info;
      case LogLevel::kWarn:
        return spdlog::level::warn;
      case LogLevel::kError:
        return spdlog::level::err;
    }
    return spdlog::level::err;
  }

  const std::string format_;
  spdlog::logger logger_;
};

}  // namespace

std::string LogLine(const std::string& format, const std::string& time,
                    LogLevel level, std::string_view message,
                    const Fields& fields) {
  const bool json = format == "json";
  const std::string equals = json ? ":" : "=";
  const auto key = [&](std::string_view name) {
    return (json ? Quote(name) : std::string(name)) + equals;
  };
  const std::string gap = json ? "," : " ";
  std::string line = json ? "{" : "";
  line += key("ts") + (json ? Quote(time) : time) + gap;
  line += key("level");
  line += json ? Quote(LevelName(level)) : std::string(LevelName(level));
  line += gap + key("msg") + Quote(message);
  for (const auto& [name, value] : fields) {
    line += gap + key(name) + std::visit(ValueVisitor{}, value);
  }
  return json ? line + "}" : line;
}

std::unique_ptr<Logger> CreateLogger(const std::string& level,
                                     const std::string& format) {
  const auto severity = level == "debug"   ? spdlog::level::debug
                        : level == "warn"  ? spdlog::level::warn
                        : level == "error" ? spdlog::level::err
                                           : spdlog::level::info;
  return std::make_unique<SpdLogger>(severity, format);
}

}  // namespace selfheal::telemetry
