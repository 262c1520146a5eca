#include <gtest/gtest.h>

#include <sstream>

#include "adapters/slack/message.h"
#include "adapters/slack/plain_text.h"
#include "adapters/slack/webhook_notifier.h"
#include "adapters/telemetry/logger.h"
#include "receiver/commands/backtest_report.h"
#include "receiver/commands/printable.h"
#include "tests/hostile/sinks.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

void ReplaceAll(std::string& text, const std::string& from, char to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       ++at) {
    text.replace(at, from.size(), 1, to);
  }
}

/// As Slack reads it. @return nullopt where it holds markup.
std::optional<std::string> FromSlack(std::string text) {
  if (text.find_first_of("<>") != std::string::npos) return std::nullopt;
  std::string rest = text;
  for (const char* entity : {"&amp;", "&lt;", "&gt;"}) {
    ReplaceAll(rest, entity, ' ');
  }
  if (rest.find('&') != std::string::npos) return std::nullopt;
  ReplaceAll(text, "&lt;", '<');
  ReplaceAll(text, "&gt;", '>');
  ReplaceAll(text, "&amp;", '&');
  return text;
}

TEST(HostileText, Slack) {
  ForEach("Slack", [](const std::string& text) -> std::string {
    const std::string plain = slack::PlainText(text, 100000);
    const auto read = FromSlack(plain);
    if (!read) return "markup";
    if (!IsUtf8(plain)) return "no UTF-8";
    if (Printable(text) == text && *read != text) return "another text";
    Notice notice{.incident_id = "01J",
                  .title = text,
                  .lines = {text},
                  .severity = "info",
                  .facts = {{"Evidence", text}}};
    json body = Parsed(slack::WebhookBody(notice, ""));
    if (body.is_discarded()) return "no JSON";
    notice.question = NoticeQuestion{};
    notice.question->change = text;
    body["question"] = slack::StateMessage(notice, "", "value").blocks;
    body["news"] = slack::NewsMessage(notice.lines).blocks;
    if (Parsed(slack::Dumped(body)).is_discarded()) return "no JSON";
    const json flat = body.flatten();
    for (const auto& [path, value] : flat.items()) {
      if (path.find("text") != std::string::npos && value.is_string() &&
          !FromSlack(value)) {
        return "markup at " + path;
      }
    }
    return "";
  });
}

/// The value of the last key of a logfmt line, or nullopt.
std::optional<std::string> FromLogfmt(const std::string& line) {
  const std::size_t at = line.find(" k=");
  if (at == std::string::npos) return std::nullopt;
  const json value = Parsed(line.substr(at + 3));
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

TEST(HostileText, Logfmt) {
  ForEach("logs as logfmt", [](const std::string& text) -> std::string {
    const std::string line =
        telemetry::LogLine("logfmt", "T", LogLevel::kInfo, "m", {{"k", text}});
    if (MovesATerminal(line)) return "a terminal obeys it";
    const auto read = FromLogfmt(line);
    if (!read) return "no quoted value";
    return IsUtf8(text) && *read != text ? "another text" : "";
  });
}

TEST(HostileText, LogJson) {
  ForEach("logs as JSON", [](const std::string& text) -> std::string {
    const std::string line =
        telemetry::LogLine("json", "T", LogLevel::kInfo, "m", {{"k", text}});
    if (HasControl(line)) return "more than a line";
    return HeldAt(Parsed(line), "/k", text);
  });
}

TEST(HostileText, Terminal) {
  auto rules = std::make_shared<RuleSet>();
  rules->rules.resize(1);
  ForEach("a terminal", [&](const std::string& text) -> std::string {
    PastEpisode episode;
    episode.alert.labels = {{"alertname", text}};
    PastEpisode judged = episode;
    judged.rule = &rules->rules.front();
    judged.reason = text;
    judged.end = PastEnd::kDismissed;
    const std::string shown = BacktestText(
        {Time(), Time(), {episode, judged}, {"storm"}, rules}, Ink());
    std::istringstream lines(shown);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      if (MovesATerminal(line)) return "a terminal obeys it";
    }
    return count == 8 ? "" : "another number of lines";
  });
}

}  // namespace
}  // namespace selfheal::testing
