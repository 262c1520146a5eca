#include "codec/alert_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "codec/json_value.h"

namespace selfheal {

using codec::Json;

namespace {

/// True where `c` stands for itself in a JSON string, whatever is around it.
bool IsPlain(char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

/// Labels are short and plain, and there are many of them; the library has the
/// rest.
void AppendText(std::string& out, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    out.append("\"").append(text).append("\"");
  } else {
    out += codec::Dump(std::string(text));
  }
}

/// Takes a plain string from the front of `text`; nothing where there is none.
std::optional<std::string_view> TakePlain(std::string_view& text) {
  if (text.empty() || text.front() != '"') return std::nullopt;
  const auto* const end =
      std::find_if_not(text.begin() + 1, text.end(), IsPlain);
  if (end == text.end() || *end != '"') return std::nullopt;
  const auto size = static_cast<std::size_t>(end - text.begin());
  const std::string_view taken = text.substr(1, size - 1);
  text.remove_prefix(size + 1);
  return taken;
}

/// What LabelsJson wrote of plain labels; nothing where it is anything else.
std::optional<Labels> ParsePlain(std::string_view text) {
  Labels out;
  if (text == "{}") return out;
  char before = '{';
  while (!text.empty() && text.front() == before) {
    text.remove_prefix(1);
    const auto name = TakePlain(text);
    if (!name || text.empty() || text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
    const auto value = TakePlain(text);
    if (!value) return std::nullopt;
    out.insert_or_assign(out.end(), std::string(*name), std::string(*value));
    before = ',';
  }
  if (before == '{' || text != "}") return std::nullopt;
  return out;
}

}  // namespace

std::string LabelsJson(const Labels& labels) {
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out += ',';
    AppendText(out, name);
    out += ':';
    AppendText(out, value);
  }
  out += '}';
  return out;
}

Result<Labels> ParseLabels(std::string_view text) {
  if (auto plain = ParsePlain(text)) return *std::move(plain);
  try {
    const Json value = codec::Parse(text);
    Labels out;
    for (const auto& [name, member] : value.items()) {
      out[name] = member.get<std::string>();
    }
    return out;
  } catch (const std::exception& e) {
    return codec::Unreadable("labels", e);
  }
}

std::string AlertListJson(std::span<const AlertEntry> alerts,
                          const std::optional<long long>& next) {
  Json items = Json::array();
  for (const AlertEntry& entry : alerts) {
    const Alert& alert = *entry.alert;
    items.push_back({{"fingerprint", alert.fingerprint},
                     {"alertname", std::string(AlertName(alert))},
                     {"starts_at", codec::PublicTime(alert.starts_at)},
                     {"status", std::string(AlertStatusName(alert.status))},
                     {"incident", entry.incident.empty()
                                      ? Json()
                                      : Json(std::string(entry.incident))}});
  }
  return codec::Dump({{"items", std::move(items)},
                      {"next", next ? Json(std::to_string(*next)) : Json()}});
}

}  // namespace selfheal
