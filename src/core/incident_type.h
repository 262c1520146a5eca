#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace selfheal {

/// What kind of trouble an incident is.
enum class IncidentType {
  kCrashLoop,
  kOomKilled,
  kCpuThrottling,
  kMemoryLeak,
  kDiskPressure,
  kNodePressure,
  kNetworkLatency,
  kConnectionPoolExhaustion,
  kCertificateExpiry,
  kConfigDrift,
};

inline constexpr std::array<std::string_view, 10> kIncidentTypeNames = {
    "crash_loop",         "oom_killed",
    "cpu_throttling",     "memory_leak",
    "disk_pressure",      "node_pressure",
    "network_latency",    "connection_pool_exhaustion",
    "certificate_expiry", "config_drift"};

/// Lower snake case, as in rules, metrics and JSON.
constexpr std::string_view IncidentTypeName(IncidentType type) {
  return kIncidentTypeNames[static_cast<std::size_t>(type)];
}

/// The inverse of IncidentTypeName.
constexpr std::optional<IncidentType> ParseIncidentType(std::string_view name) {
  for (std::size_t i = 0; i < kIncidentTypeNames.size(); ++i) {
    if (kIncidentTypeNames[i] == name) return static_cast<IncidentType>(i);
  }
  return std::nullopt;
}

}  // namespace selfheal
