#include "adapters/telemetry/logger.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "core/clock.h"

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

/// Bytes of the valid UTF-8 sequence at `at`, or 0. Overlong forms,
/// surrogates and what lies beyond U+10FFFF are not valid.
std::size_t Sequence(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead >= 0xf0   ? 4
                             : lead >= 0xe0 ? 3
                             : lead >= 0xc2 ? 2
                                            : 0;
  if (length == 0 || lead > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0U) != 0x80U) return 0;
  }
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool wrong =
      (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90);
  return wrong ? 0 : length;
}

/// True for C1 controls, which terminals obey, and for characters that
/// reorder or hide text: all written by two or three bytes.
bool Deceives(std::string_view sequence) {
  const std::string_view two = sequence.substr(0, 2);
  if (sequence.size() == 2) {
    return (two[0] == '\xc2' && static_cast<unsigned char>(two[1]) < 0xa0) ||
           two == "\xd8\x9c";
  }
  return two == "\xe2\x80" || two == "\xe2\x81" || sequence == "\xef\xbb\xbf";
}

/// A JSON string; control and format characters never appear raw.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  char escape[8];
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
    } else if (byte >= 0x20 && byte < 0x7f) {
      out += text[i];
    } else if (const std::size_t length = byte >= 0x80 ? Sequence(text, i) : 0;
               length > 0 && !Deceives(text.substr(i, length))) {
      out += text.substr(i, length);
      i += length - 1;
    } else {
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    }
  }
  return out + "\"";
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
