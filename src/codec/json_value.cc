#include "codec/json_value.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace selfheal::codec {

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Parse(std::string_view text) {
  return Json::parse(text.begin(), text.end());
}

Error Unreadable(std::string_view what, const std::exception& why) {
  return {Code::kDataLoss, "stored " + std::string(what) + ": " + why.what()};
}

Json StoredTime(Time time) { return time.time_since_epoch().count(); }

Json StoredTime(const std::optional<Time>& time) {
  return time ? StoredTime(*time) : Json();
}

Json PublicTime(Time time) { return FormatTime(time); }

Json PublicTime(const std::optional<Time>& time) {
  return time ? PublicTime(*time) : Json();
}

Json Number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json Numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) out.push_back(Number(value));
  return out;
}

Json Strings(const std::vector<std::string>& values) {
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(value);
  return out;
}

Json LabelsValue(const Labels& labels) {
  Json out = Json::object();
  for (const auto& [name, value] : labels) out[name] = value;
  return out;
}

Json RefValue(const ObjectRef& ref) {
  return {{"kind", std::string(KindName(ref.kind))},
          {"namespace", ref.ns},
          {"name", ref.name}};
}

Reader::Reader(const Json& object) : object_(object) {
  if (!object.is_object()) throw std::invalid_argument("not an object");
}

const Json* Reader::Member(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string Reader::Text(const char* key) const {
  const Json* member = Member(key);
  return member == nullptr ? "" : member->get<std::string>();
}

long long Reader::Integer(const char* key) const {
  const Json* member = Member(key);
  return member == nullptr ? 0 : member->get<long long>();
}

int Reader::Int(const char* key) const {
  return static_cast<int>(Integer(key));
}

double Reader::Real(const char* key) const {
  const auto found = object_.find(key);
  if (found == object_.end()) return 0;
  return found->is_null() ? std::numeric_limits<double>::quiet_NaN()
                          : found->get<double>();
}

bool Reader::Flag(const char* key) const {
  const Json* member = Member(key);
  return member != nullptr && member->get<bool>();
}

Time Reader::At(const char* key) const { return Time(Duration(Integer(key))); }

std::optional<Time> Reader::MaybeAt(const char* key) const {
  if (Member(key) == nullptr) return std::nullopt;
  return At(key);
}

ObjectRef Reader::Ref(const char* key) const {
  const Json* member = Member(key);
  if (member == nullptr) return {};
  const Reader reader(*member);
  const auto kind = ParseKind(reader.Text("kind"));
  if (!kind) throw std::invalid_argument("unknown kind of object");
  return {*kind, reader.Text("namespace"), reader.Text("name")};
}

std::vector<double> Reader::Reals(const char* key) const {
  std::vector<double> out;
  const Json* member = Member(key);
  if (member == nullptr) return out;
  out.reserve(member->size());
  for (const Json& value : *member) {
    out.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                  : value.get<double>());
  }
  return out;
}

std::vector<std::string> Reader::Texts(const char* key) const {
  const Json* member = Member(key);
  return member == nullptr ? std::vector<std::string>()
                           : member->get<std::vector<std::string>>();
}

Labels Reader::LabelMap(const char* key) const {
  Labels out;
  const Json* member = Member(key);
  if (member == nullptr) return out;
  for (const auto& [name, value] : member->items()) {
    out[name] = value.get<std::string>();
  }
  return out;
}

}  // namespace selfheal::codec
