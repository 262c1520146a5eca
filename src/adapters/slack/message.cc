#include "adapters/slack/message.h"

#include <algorithm>

#include "adapters/slack/plain_text.h"
#include "core/text.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

// Slack's limits, in code points: header 150, section 3,000, confirmation 300,
// 50 blocks. An escaped character grows, so the sections stay well below.
constexpr std::size_t kMaxTitle = 120;
constexpr std::size_t kMaxLine = 500;
constexpr std::size_t kMaxLines = 40;
constexpr std::size_t kMaxSection = 2500;
constexpr std::size_t kMaxConfirm = 300;

json PlainObject(const std::string& text) {
  return {{"type", "plain_text"}, {"text", text}, {"emoji", false}};
}

json PlainBlock(const char* type, const std::string& text) {
  return {{"type", type}, {"text", PlainObject(text)}};
}

/// The lines in as few sections as fit; a line is never split.
void AppendSections(const std::vector<std::string>& lines, json& blocks) {
  std::string section;
  std::size_t count = 0;
  const auto flush = [&] {
    if (!section.empty()) blocks.push_back(PlainBlock("section", section));
    section.clear();
  };
  for (const std::string& line : lines) {
    if (++count > kMaxLines) break;
    const std::string text = PlainText(line, kMaxLine);
    if (section.size() + text.size() + 1 > kMaxSection) flush();
    if (!section.empty()) section += '\n';
    section += text;
  }
  flush();
}

/// As much of it as fits, counted as it is sent.
std::string ConfirmText(const std::string& change) {
  std::size_t most = kMaxConfirm;
  std::string text = PlainText(change, most);
  while (FirstChars(text, kMaxConfirm).size() < text.size()) {
    text = PlainText(change, --most);
  }
  return text;
}

json Button(std::string_view action, const char* style, const char* label,
            const std::string& change, const std::string& value) {
  return {{"type", "button"},
          {"action_id", action},
          {"style", style},
          {"value", value},
          {"text", PlainObject(label)},
          {"confirm",
           {{"title", PlainObject(std::string(label) + "?")},
            {"text", PlainObject(ConfirmText(change))},
            {"confirm", PlainObject(label)},
            {"deny", PlainObject("Back")}}}};
}

json Buttons(const NoticeQuestion& question, const std::string& value) {
  return {{"type", "actions"},
          {"block_id", "approval"},
          {"elements",
           {Button(kApprove, "primary", "Approve", question.change, value),
            Button(kDeny, "danger", "Deny", question.change, value)}}};
}

json Footer(const std::string& incident, const std::string& public_url) {
  const std::string id = PlainText(incident, 100);
  json element = PlainObject("incident " + id);
  if (!public_url.empty()) {
    element = {{"type", "mrkdwn"},
               {"text", "<" + PlainText(public_url, 1000) + "/#/incidents/" +
                            id + "|incident " + id + ">"}};
  }
  return {{"type", "context"}, {"elements", {element}}};
}

std::string TitleOf(const Notice& notice) {
  std::string title = "[" + notice.severity + "] " + notice.title;
  std::replace(title.begin(), title.end(), '\n', ' ');
  return PlainText(title, kMaxTitle);
}

}  // namespace

Message StateMessage(const Notice& notice, const std::string& public_url,
                     const std::string& value) {
  Message message{TitleOf(notice), json::array()};
  message.blocks.push_back(PlainBlock("header", message.text));
  std::vector<std::string> facts;
  for (const NoticeFact& fact : notice.facts) {
    facts.push_back(fact.name + (fact.name.empty() ? "" : ": ") + fact.text);
  }
  AppendSections(facts, message.blocks);
  if (notice.question && !value.empty()) {
    AppendSections(
        {"Click, or reply in this thread: approve or deny, and why."},
        message.blocks);
    message.blocks.push_back(Buttons(*notice.question, value));
  }
  if (!notice.incident_id.empty()) {
    message.blocks.push_back(Footer(notice.incident_id, public_url));
  }
  return message;
}

std::vector<NoticeFact> AsFacts(const std::vector<std::string>& lines) {
  std::vector<NoticeFact> facts;
  for (const std::string& line : lines) facts.push_back({"", line});
  return facts;
}

Message NewsMessage(const std::vector<std::string>& lines) {
  Message message{lines.empty() ? "" : PlainText(lines.front(), kMaxLine),
                  json::array()};
  AppendSections(lines, message.blocks);
  return message;
}

Message LineMessage(const std::string& line) { return NewsMessage({line}); }

std::string Dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace selfheal::slack
