#include "codec/alert_json.h"

#include <nlohmann/json.hpp>

#include "codec/json_value.h"

namespace selfheal {

using codec::Json;

std::string LabelsJson(const Labels& labels) {
  return codec::Dump(codec::LabelsValue(labels));
}

Result<Labels> ParseLabels(std::string_view text) {
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
