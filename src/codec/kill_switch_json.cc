#include "codec/kill_switch_json.h"

#include <nlohmann/json.hpp>

#include "codec/json_value.h"

namespace selfheal {

std::string KillSwitchJson(const std::vector<std::string>& sources,
                           const std::string& reason,
                           const std::optional<Time>& since) {
  return codec::Dump({{"on", !sources.empty()},
                      {"sources", sources},
                      {"reason", reason},
                      {"since", codec::PublicTime(since)}});
}

}  // namespace selfheal
