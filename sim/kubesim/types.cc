#include "sim/kubesim/types.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace kubesim {

Json ApiError::ToStatus() const {
  Json status = {{"kind", "Status"},           {"apiVersion", "v1"},
                 {"metadata", Json::object()}, {"status", "Failure"},
                 {"message", message_},        {"code", code_}};
  if (!reason_.empty()) status["reason"] = reason_;
  if (!details_.is_null()) status["details"] = details_;
  return status;
}

std::string FormatTime(TimePoint time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

TimePoint ParseTime(const std::string& text) {
  std::tm parts{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return TimePoint{};
  double fraction = 0.0;
  if (*rest == '.') fraction = std::strtod(rest, nullptr);
  return TimePoint{std::chrono::seconds{timegm(&parts)}} +
         FromSeconds(fraction);
}

double ToSeconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Duration FromSeconds(double seconds) {
  return Duration{static_cast<std::int64_t>(std::llround(seconds * 1e6))};
}

double UnixSeconds(TimePoint time) {
  return ToSeconds(time.time_since_epoch());
}

double ParseQuantity(const Json& quantity) {
  if (quantity.is_number()) return quantity.get<double>();
  if (!quantity.is_string()) return 0.0;
  const std::string text = quantity.get<std::string>();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  static const std::map<std::string, double> kUnits = {
      {"m", 1e-3}, {"", 1.0},      {"k", 1e3},        {"M", 1e6},
      {"G", 1e9},  {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}};
  const auto found = kUnits.find(unit);
  return found == kUnits.end() ? number : number * found->second;
}

const Json* Member(const Json& object,
                   std::initializer_list<const char*> path) {
  const Json* at = &object;
  for (const char* part : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(part);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string Text(const Json& object, std::initializer_list<const char*> path) {
  const Json* member = Member(object, path);
  return member != nullptr && member->is_string() ? member->get<std::string>()
                                                  : std::string{};
}

std::int64_t Number(const Json& object, std::initializer_list<const char*> path,
                    std::int64_t fallback) {
  const Json* member = Member(object, path);
  return member != nullptr && member->is_number() ? member->get<std::int64_t>()
                                                  : fallback;
}

std::uint64_t HashText(const std::string& text) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (const unsigned char byte : text) {
    hash = (hash ^ byte) * 1099511628211ULL;
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33);
}

}  // namespace kubesim
