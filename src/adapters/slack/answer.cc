#include "adapters/slack/answer.h"

#include <algorithm>

#include "adapters/slack/message.h"
#include "codec/field_reader.h"
#include "core/text.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxReason = 500;

/// What people say where one of the two verbs is asked for.
constexpr std::string_view kNearly[] = {
    "approved",   "approving",    "i approve",  "accept",
    "accepted",   "confirm",      "confirmed",  "agree",
    "agreed",     "lgtm",         "yes",        "y",
    "yep",        "yeah",         "ok",         "okay",
    "sure",       "go ahead",     "do it",      "ship it",
    "+1",         ":+1:",         ":thumbsup:", ":white_check_mark:",
    ":ok_hand:",  "denied",       "i deny",     "reject",
    "rejected",   "refuse",       "decline",    "declined",
    "disapprove", "disapproved",  "no",         "n",
    "nope",       "don't",        "do not",     "-1",
    ":-1:",       ":thumbsdown:", ":x:"};

Error Malformed(std::string why) {
  return {Code::kInvalidArgument, "payload: " + std::move(why)};
}

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

std::string_view TrimLeft(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n`"), text.size()));
  return text;
}

/// Takes the mention at the very beginning, "<@U1> approve": whom it names.
std::string TakeMention(std::string_view& text) {
  text = TrimLeft(text);
  if (!text.starts_with("<@")) return "";
  const std::size_t end = text.find('>');
  if (end == std::string_view::npos) return "";
  const std::string_view inside = text.substr(2, end - 2);
  text = TrimLeft(text.substr(end + 1));
  return std::string(inside.substr(0, inside.find('|')));
}

std::string Unescaped(std::string text) {
  constexpr std::pair<std::string_view, char> kEscapes[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
  for (const auto& [name, c] : kEscapes) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;
         ++at) {
      text.replace(at, name.size(), 1, c);
    }
  }
  return text;
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// True where `text` begins with `verb` as a whole word, which it then loses.
bool TakeVerb(std::string_view& text, std::string_view verb) {
  if (text.size() < verb.size()) return false;
  for (std::size_t i = 0; i < verb.size(); ++i) {
    if (Lower(text[i]) != verb[i]) return false;
  }
  if (text.size() > verb.size() && IsWordChar(text[verb.size()])) return false;
  text.remove_prefix(verb.size());
  return true;
}

/// True where `text` begins with what people say for yes or no.
bool MeansToAnswer(std::string_view text) {
  return std::any_of(std::begin(kNearly), std::end(kNearly),
                     [text](std::string_view word) {
                       std::string_view rest = text;
                       return TakeVerb(rest, word);
                     });
}

/// Fills in addressee, verb and reason; false where the text says neither, nor
/// anything like it.
bool ReadWords(const std::string& raw, Answer& answer) {
  std::string_view text = raw;
  answer.addressee = TakeMention(text);
  answer.approve = TakeVerb(text, kApprove);
  if (!answer.approve && !TakeVerb(text, kDeny)) {
    answer.unclear = MeansToAnswer(text);
    return answer.unclear;
  }
  // "approve, looks right"
  text.remove_prefix(
      std::min(text.find_first_not_of(" \t\r\n`,:;"), text.size()));
  answer.reason = Unescaped(std::string(text));
  const std::size_t end = answer.reason.find_last_not_of(" \t\r\n`");
  answer.reason.resize(end == std::string::npos ? 0 : end + 1);
  answer.reason.resize(FirstChars(answer.reason, kMaxReason).size());
  return true;
}

/// The first of the two that is there.
std::string Either(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

/// The workspace, or the organisation where none is named.
std::string SenderOf(const Answer& answer) {
  return Either(answer.team, answer.enterprise);
}

Answer ButtonOf(const FieldReader& payload, const FieldReader& action) {
  const FieldReader user = payload.Object("user");
  const FieldReader container = payload.Object("container");
  return {.button = true,
          .approve = action.String("action_id") == kApprove,
          .team = payload.Object("team").String("id"),
          .enterprise = payload.Object("enterprise").String("id"),
          .user_team = user.String("team_id"),
          .app = payload.String("api_app_id"),
          .user = user.Required("id"),
          .channel = Either(container.String("channel_id"),
                            payload.Object("channel").String("id")),
          .thread = container.Required("message_ts"),
          .ts = action.Required("action_ts"),
          .value = action.String("value"),
          .reason = ""};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<std::string> FormDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return Malformed("a cut escape");
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return Malformed("a malformed escape");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

Result<json> ParsePayload(std::string_view text) {
  bool deep = false;
  const auto guard = [&deep](int depth, json::parse_event_t, json&) {
    deep = deep || depth > kMaxDepth;
    return !deep;
  };
  json parsed = json::parse(text.begin(), text.end(), guard, false);
  if (deep || !parsed.is_object()) return Malformed("expected a JSON object");
  return parsed;
}

Result<std::string> FormPayload(std::string_view body) {
  constexpr std::string_view kField = "payload=";
  if (!body.starts_with(kField) || body.find('&') != std::string_view::npos) {
    return Malformed("expected the one form field payload");
  }
  return FormDecoded(body.substr(kField.size()));
}

Result<Heard> ReadInteraction(const json& payload) {
  std::optional<Error> error;
  const FieldReader fields(payload, error);
  Heard heard;
  if (fields.Required("type") != "block_actions") {
    if (error) return Malformed(error->message);
    return heard;
  }
  const std::vector<FieldReader> actions = fields.Objects("actions");
  if (actions.empty()) fields.Fail("actions", "missing");
  for (const FieldReader& action : actions) {
    const std::string name = action.String("action_id");
    if (name != kApprove && name != kDeny) continue;
    if (heard.answer) return Malformed("two answers at once");
    heard.answer = ButtonOf(fields, action);
    if (heard.answer->team.empty() && heard.answer->enterprise.empty()) {
      fields.Fail("team", "neither it nor an enterprise is named");
    }
  }
  if (error) return Malformed(error->message);
  if (!heard.answer) return heard;
  const Answer& a = *heard.answer;
  heard.keys = {"click|" + SenderOf(a) + "|" + a.channel + "|" + a.thread +
                "|" + a.user + "|" + a.ts};
  return heard;
}

Result<Heard> ReadEvent(const json& envelope) {
  std::optional<Error> error;
  const FieldReader fields(envelope, error);
  Heard heard;
  const std::string type = fields.Required("type");
  if (type == "url_verification") {
    heard.challenge = fields.Required("challenge");
  }
  if (error) return Malformed(error->message);
  if (type != "event_callback") return heard;
  const FieldReader event = fields.Object("event");
  const std::string kind = event.String("type");
  const std::string subtype = event.String("subtype");
  Answer answer{
      .team = fields.Required("team_id"),
      .enterprise = Either(fields.String("enterprise_id"),
                           fields.String("context_enterprise_id")),
      .user_team = Either(event.String("user_team"), event.String("team")),
      .app = fields.String("api_app_id"),
      .user = event.String("user"),
      .channel = event.String("channel"),
      .thread = event.String("thread_ts"),
      .ts = event.String("ts"),
      .value = "",
      .reason = "",
      .shared = fields.Bool("is_ext_shared_channel")};
  const std::string id = fields.Required("event_id");
  if (error) return Malformed(error->message);
  // An edit, a deletion or a bot's word never answers.
  const bool plain = kind == "message" || kind == "app_mention";
  const bool by_person = (subtype.empty() || subtype == "thread_broadcast") &&
                         !event.Has("bot_id") && !event.Has("edited") &&
                         !answer.user.empty();
  const bool in_thread = !answer.thread.empty() && answer.thread != answer.ts;
  if (!plain || !by_person || !in_thread || answer.ts.empty() ||
      !ReadWords(event.String("text"), answer)) {
    return heard;
  }
  heard.keys = {"event|" + id,
                "said|" + answer.team + "|" + answer.channel + "|" + answer.ts};
  heard.answer = std::move(answer);
  return heard;
}

std::string WriteAnswer(const Answer& a) {
  return Dumped({{"button", a.button},
                 {"approve", a.approve},
                 {"team", a.team},
                 {"enterprise", a.enterprise},
                 {"user_team", a.user_team},
                 {"app", a.app},
                 {"user", a.user},
                 {"channel", a.channel},
                 {"thread", a.thread},
                 {"ts", a.ts},
                 {"value", a.value},
                 {"reason", a.reason},
                 {"shared", a.shared},
                 {"unclear", a.unclear},
                 {"addressee", a.addressee}});
}

Result<Answer> ReadAnswer(const std::string& text) {
  const Result<json> parsed = ParsePayload(text);
  if (!parsed.ok()) return parsed.error();
  std::optional<Error> error;
  const FieldReader fields(*parsed, error);
  Answer answer{.button = fields.Bool("button"),
                .approve = fields.Bool("approve"),
                .team = fields.String("team"),
                .enterprise = fields.String("enterprise"),
                .user_team = fields.String("user_team"),
                .app = fields.String("app"),
                .user = fields.String("user"),
                .channel = fields.String("channel"),
                .thread = fields.String("thread"),
                .ts = fields.String("ts"),
                .value = fields.String("value"),
                .reason = fields.String("reason"),
                .shared = fields.Bool("shared"),
                .unclear = fields.Bool("unclear"),
                .addressee = fields.String("addressee")};
  if (error) return Malformed(error->message);
  return answer;
}

}  // namespace selfheal::slack
