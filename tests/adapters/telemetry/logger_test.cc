#include "adapters/telemetry/logger.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace selfheal::telemetry {
namespace {

std::string Logfmt(const std::string& value) {
  return LogLine("logfmt", "T", LogLevel::kInfo, "m", {{"k", value}});
}

TEST(LogLine, IsLogfmtWithQuotedText) {
  EXPECT_EQ(LogLine("logfmt", "2026-11-25T12:00:00.000Z", LogLevel::kWarn,
                    "took a notice",
                    {{"incident", std::string("01J")},
                     {"n", std::int64_t{-3}},
                     {"score", 0.25},
                     {"ok", true}}),
            "ts=2026-11-25T12:00:00.000Z level=warn msg=\"took a notice\" "
            "incident=\"01J\" n=-3 score=0.25 ok=true");
}

TEST(LogLine, IsJsonThatParses) {
  const std::string line =
      LogLine("json", "T", LogLevel::kError, "a \"b\"",
              {{"k", std::string("x\ny\\z")},
               {"nan", std::numeric_limits<double>::quiet_NaN()},
               {"n", std::numeric_limits<std::int64_t>::min()}});
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["level"], "error");
  EXPECT_EQ(parsed["msg"], "a \"b\"");
  EXPECT_EQ(parsed["k"], "x\ny\\z");
  EXPECT_TRUE(parsed["nan"].is_null());
  EXPECT_EQ(parsed["n"], std::numeric_limits<std::int64_t>::min());
}

TEST(LogLine, AValueCannotForgeALineOrAField) {
  const std::string line =
      Logfmt("x\" level=error msg=\"forged\"\nts=now level=info");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line,
            "ts=T level=info msg=\"m\" k=\"x\\\" level=error msg=\\\"forged\\\""
            "\\u000ats=now level=info\"");
}

TEST(LogLine, NothingThatATerminalObeysStandsRaw) {
  for (const std::string& raw :
       {std::string("\x1b[2J"), std::string("\r"), std::string(1, '\0'),
        std::string("\x7f"), std::string("\xc2\x9b") + "31m",
        std::string("\xe2\x80\xae"), std::string("\xe2\x81\xa6"),
        std::string("\xd8\x9c"), std::string("\xef\xbb\xbf")}) {
    const std::string line = Logfmt("a" + raw + "b");
    EXPECT_EQ(line.find(raw), std::string::npos) << line;
    EXPECT_NE(line.find("\\u"), std::string::npos) << line;
    EXPECT_EQ(
        nlohmann::json::parse(line.substr(line.find('"', line.find(" k="))))
            .get<std::string>(),
        "a" + raw + "b");
  }
}

TEST(LogLine, KeepsReadableTextOfAllLanguages) {
  EXPECT_NE(Logfmt("Größe ist 5 € 😀 注意").find("Größe ist 5 € 😀 注意"),
            std::string::npos);
}

TEST(LogLine, BytesThatAreNotUtf8StillGiveJson) {
  for (const std::string& bytes :
       {std::string("\xff\xfe"), std::string("\xc3"), std::string("\xc0\xbc"),
        std::string("\xed\xa0\x80"), std::string("\xe0\x80\x80"),
        std::string("\xf4\x90\x80\x80"), std::string("\xf0\x80\x80\x80")}) {
    const std::string line =
        LogLine("json", "T", LogLevel::kInfo, "m", {{"k", bytes}});
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST(Logger, RespectsItsLevel) {
  ::testing::internal::CaptureStderr();
  const auto log = CreateLogger("warn", "logfmt");
  log->Info("silent");
  log->Warn("spoken", {{"k", std::string("v")}});
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find("silent"), std::string::npos);
  EXPECT_NE(text.find("level=warn msg=\"spoken\" k=\"v\"\n"),
            std::string::npos);
}

}  // namespace
}  // namespace selfheal::telemetry
