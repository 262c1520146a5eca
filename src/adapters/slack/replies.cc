#include "adapters/slack/replies.h"

#include <chrono>
#include <utility>

#include "codec/field_reader.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

/// Of 100 messages each; nobody says so much to one question.
constexpr int kMostPages = 5;

/// The envelope in which Slack would have sent the message.
json EnvelopeOf(const json& message, const Identity& we,
                const std::string& channel) {
  json event = message;
  event["channel"] = channel;
  const auto ts = message.find("ts");
  const std::string at =
      ts != message.end() && ts->is_string() ? ts->get<std::string>() : "?";
  return {{"type", "event_callback"},
          {"team_id", we.team},
          {"enterprise_id", we.enterprise},
          {"api_app_id", we.app},
          {"event_id", "read " + channel + " " + at},
          {"event", std::move(event)}};
}

void AddAnswers(const json& page, const Identity& we,
                const std::string& channel, std::vector<Heard>& out) {
  const auto messages = page.find("messages");
  if (messages == page.end() || !messages->is_array()) return;
  for (const json& message : *messages) {
    if (!message.is_object()) continue;
    Result<Heard> heard = ReadEvent(EnvelopeOf(message, we, channel));
    if (heard.ok() && heard->answer) out.push_back(*std::move(heard));
  }
}

std::string NextCursor(const json& page) {
  std::optional<Error> error;
  return FieldReader(page, error)
      .Object("response_metadata")
      .String("next_cursor");
}

}  // namespace

Replies ReadReplies(WebApi& api, const Identity& we, const ChatThread& thread,
                    Time since) {
  const auto second = std::chrono::floor<std::chrono::seconds>(since);
  std::vector<Heard> out;
  std::string cursor;
  for (int i = 0; i < kMostPages; ++i) {
    Arguments arguments = {
        {"channel", thread.channel},
        {"ts", thread.ts},
        {"oldest", std::to_string(second.time_since_epoch().count())},
        {"inclusive", "true"},
        {"limit", "100"}};
    if (!cursor.empty()) arguments.emplace_back("cursor", cursor);
    const ApiAnswer answer = api.Call("conversations.replies", arguments);
    if (const auto* error = std::get_if<ApiError>(&answer)) return *error;
    const json& page = std::get<json>(answer);
    AddAnswers(page, we, thread.channel, out);
    cursor = NextCursor(page);
    if (cursor.empty()) break;
  }
  return out;
}

}  // namespace selfheal::slack
