#include "adapters/alertmanager/alert_parser.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "codec/field_reader.h"

namespace selfheal::alertmanager {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxPairs = 128;

std::optional<Alert> MapAlert(const json& element) {
  std::optional<Error> error;
  const FieldReader reader(element, error);
  Alert alert{.fingerprint = "",
              .status = AlertStatus::kFiring,
              .labels = reader.StringMap("labels"),
              .annotations = reader.StringMap("annotations"),
              .starts_at = {},
              .ends_at = {},
              .generator_url = reader.String("generatorURL")};
  const auto starts_at = reader.Timestamp("startsAt");
  if (error || !starts_at || alert.labels.empty() ||
      alert.labels.size() > kMaxPairs || alert.annotations.size() > kMaxPairs) {
    return std::nullopt;
  }
  // The endsAt of this route is when the alert would lapse, not when it did.
  alert.starts_at = *starts_at;
  alert.fingerprint = Fingerprint(alert.labels);
  return alert;
}

}  // namespace

Result<AlertList> ParseAlerts(std::string_view body) {
  AlertList list;
  const auto callback = [&list](int depth, json::parse_event_t event,
                                json& parsed) {
    if (event != json::parse_event_t::object_end || depth != 1) {
      return depth <= kMaxDepth;
    }
    if (auto alert = MapAlert(parsed)) {
      list.alerts.push_back(*std::move(alert));
    } else {
      ++list.malformed;
    }
    return false;
  };
  const json rest = json::parse(body.begin(), body.end(), callback, false);
  if (!rest.is_array()) {
    return Error{Code::kInternal, "the answer is not a JSON array"};
  }
  list.malformed += rest.size();  // Elements that are no objects.
  if (list.alerts.empty() && list.malformed > 0) {
    return Error{Code::kInternal, "the answer holds no alert"};
  }
  return list;
}

}  // namespace selfheal::alertmanager
