#include "codec/audit_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "codec/json_value.h"

namespace selfheal {
namespace {

using codec::Json;

struct FieldWriter {
  Json operator()(const std::string& value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return codec::Number(value); }
  Json operator()(bool value) const { return value; }
};

Json FieldsValue(const Fields& fields) {
  Json out = Json::object();
  for (const auto& [key, value] : fields) {
    out[key] = std::visit(FieldWriter{}, value);
  }
  return out;
}

FieldValue FieldFrom(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  throw std::invalid_argument("a field is a list or an object");
}

}  // namespace

std::string FieldsJson(const Fields& fields) {
  return codec::Dump(FieldsValue(fields));
}

Result<Fields> ParseFields(std::string_view text) {
  try {
    const Json value = codec::Parse(text);
    if (!value.is_object()) throw std::invalid_argument("not an object");
    Fields out;
    for (const auto& [key, member] : value.items()) {
      out.emplace_back(key, FieldFrom(member));
    }
    return out;
  } catch (const std::exception& e) {
    return codec::Unreadable("audit data", e);
  }
}

std::string CanonicalAuditLine(const AuditRecord& record,
                               std::string_view data) {
  std::string line =
      codec::Dump({{"seq", record.seq},
                   {"at", FormatTimeNanos(record.at)},
                   {"incident", record.incident_id},
                   {"stage", std::string(StageName(record.stage))},
                   {"outcome", record.outcome},
                   {"reason", record.reason}});
  line.pop_back();
  line += ",\"data\":";
  line += data;
  line += '}';
  return line;
}

std::string TimelineJson(std::span<const AuditRecord> records) {
  Json items = Json::array();
  for (const AuditRecord& record : records) {
    items.push_back({{"seq", record.seq},
                     {"at", codec::PublicTime(record.at)},
                     {"stage", std::string(StageName(record.stage))},
                     {"outcome", record.outcome},
                     {"reason", record.reason},
                     {"data", FieldsValue(record.data)}});
  }
  return codec::Dump({{"items", std::move(items)}});
}

}  // namespace selfheal
