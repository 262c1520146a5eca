#include "core/heartbeat.h"

#include <fstream>

#include "core/safe_clock.h"

namespace selfheal {

std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

Time ResumeTime(const std::optional<Heartbeat>& last, const Heartbeat& now) {
  if (!last) return now.at;
  const bool same_boot = !now.boot_id.empty() && last->boot_id == now.boot_id &&
                         now.steady >= last->steady;
  if (!same_boot) {
    return now.at + kMostClockSkew < last->at ? last->at : now.at;
  }
  const Time expected = last->at + (now.steady - last->steady);
  return Apart(now.at, expected) ? expected : now.at;
}

}  // namespace selfheal
