#include "sim/kubesim/behaviour.h"

#include <cmath>
#include <cstdlib>

namespace kubesim {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kPeriods[] = {86400, 21600, 4300, 970, 310};
constexpr double kHeights[] = {0.12, 0.04, 0.03, 0.02, 0.02};
constexpr int kSharedWaves = 2;
constexpr char kPrefix[] = "sim.selfheal.dev/";

double AsNumber(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    return std::strtod(value.get_ref<const std::string&>().c_str(), nullptr);
  }
  return 0;
}

void Read(const Json& settings, const char* key, double* into) {
  if (settings.contains(key)) *into = AsNumber(settings[key]);
}

void Read(const Json& settings, const char* key, int* into) {
  if (settings.contains(key)) *into = static_cast<int>(AsNumber(settings[key]));
}

double Unit(std::uint64_t bits) {
  return (static_cast<double>(bits >> 11) + 0.5) / 9007199254740992.0;
}

}  // namespace

void Behaviour::Apply(const Json& settings) {
  if (settings.contains("behaviour")) {
    name = settings["behaviour"].get<std::string>();
    leak_mib_per_min = name == "leak" ? 4 : 0;
    crash_after_s = name == "crash-loop" ? 3 : 0;
    cpu_millicores = name == "cpu" ? 900 : 100;
    noise = name == "noisy" ? 0.08 : 0.01;
  }
  Read(settings, "memory-base-mib", &memory_base_mib);
  Read(settings, "rate-mib-per-min", &leak_mib_per_min);
  Read(settings, "crash-after-seconds", &crash_after_s);
  Read(settings, "recovers-after", &recovers_after);
  Read(settings, "exit-code", &exit_code);
  Read(settings, "start-delay-seconds", &start_delay_s);
  Read(settings, "ready-delay-seconds", &ready_delay_s);
  Read(settings, "stop-delay-seconds", &stop_delay_s);
  Read(settings, "cpu-millicores", &cpu_millicores);
  Read(settings, "requests-per-second", &requests_per_s);
  Read(settings, "error-ratio", &error_ratio);
  Read(settings, "latency-seconds", &latency_s);
  Read(settings, "capacity-per-second", &capacity_per_s);
  Read(settings, "pool-max", &pool_max);
  Read(settings, "hold-seconds", &hold_s);
  Read(settings, "pool-leak-per-min", &pool_leak_per_min);
  Read(settings, "noise", &noise);
  Read(settings, "disk-mib", &disk_mib);
  Read(settings, "disk-rate-mib-per-min", &disk_mib_per_min);
}

Behaviour BehaviourOf(const Json& pod) {
  Behaviour behaviour;
  const Json* containers = Member(pod, {"spec", "containers"});
  if (containers != nullptr && !containers->empty()) {
    const std::string image = Text((*containers)[0], {"image"});
    const std::string tag = image.substr(image.rfind(':') + 1);
    if (tag == "crash") behaviour.Apply({{"behaviour", "crash-loop"}});
    if (tag == "leak") behaviour.Apply({{"behaviour", "leak"}});
  }
  const Json* annotations = Member(pod, {"metadata", "annotations"});
  if (annotations == nullptr) return behaviour;
  Json settings = Json::object();
  for (const auto& [key, value] : annotations->items()) {
    if (key.rfind(kPrefix, 0) == 0) settings[key.substr(17)] = value;
  }
  behaviour.Apply(settings);
  return behaviour;
}

Load::Load(const std::string& workload, const std::string& pod) {
  for (int i = 0; i < kWaves; ++i) {
    const std::string& seed = i < kSharedWaves ? workload : pod;
    phase_[i] = 2 * kPi * Unit(HashText(seed + "/" + std::to_string(i)));
  }
}

double Load::At(double t) const {
  double level = 1;
  for (int i = 0; i < kWaves; ++i) {
    level += kHeights[i] * std::sin(2 * kPi * t / kPeriods[i] + phase_[i]);
  }
  return level;
}

double Load::Integral(double t) const {
  double area = t;
  for (int i = 0; i < kWaves; ++i) {
    area -= kHeights[i] * kPeriods[i] / (2 * kPi) *
            std::cos(2 * kPi * t / kPeriods[i] + phase_[i]);
  }
  return area;
}

double NoiseAt(const std::string& seed, double seconds) {
  const std::string key =
      seed + "@" + std::to_string(static_cast<std::int64_t>(seconds));
  const double u = Unit(HashText(key + "u"));
  const double v = Unit(HashText(key + "v"));
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * kPi * v);
}

}  // namespace kubesim
