#include "sim/kubesim/faults.h"

#include <map>

namespace kubesim {

Fault FaultFromJson(const Json& json) {
  static const std::map<std::string, Failure> kNames = {
      {"none", Failure::kNone},
      {"error_before", Failure::kErrorBefore},
      {"error_after", Failure::kErrorAfter},
      {"drop", Failure::kDrop},
      {"swallow", Failure::kSwallow},
      {"conflict", Failure::kConflict},
      {"garbage", Failure::kGarbage},
      {"busy", Failure::kBusy}};
  const auto found = kNames.find(json.value("do", "none"));
  if (found == kNames.end()) {
    throw ApiError(400, "BadRequest", "unknown fault " + json.value("do", ""));
  }
  Fault fault;
  fault.method = json.value("method", "");
  fault.path_has = json.value("path", "");
  fault.count = json.value("count", 1);
  fault.failure = found->second;
  fault.code = json.value("code", 500);
  fault.delay_before =
      std::chrono::milliseconds(json.value("delay_before_ms", 0));
  fault.delay_after =
      std::chrono::milliseconds(json.value("delay_after_ms", 0));
  return fault;
}

Fault Faults::Take(const std::string& method, const std::string& path) {
  for (Fault& fault : faults_) {
    if (fault.count == 0) continue;
    if (!fault.method.empty() && fault.method != method) continue;
    if (path.find(fault.path_has) == std::string::npos) continue;
    if (fault.count > 0) --fault.count;
    return fault;
  }
  return Fault{};
}

}  // namespace kubesim
