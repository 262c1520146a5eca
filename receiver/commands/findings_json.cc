#include "receiver/commands/findings_json.h"

#include <nlohmann/json.hpp>

namespace selfheal {

std::string FindingsJson(const std::vector<SourceFinding>& findings) {
  using Json = nlohmann::ordered_json;
  Json all = Json::array();
  for (const SourceFinding& finding : findings) {
    all.push_back({{"file", finding.position.file},
                   {"line", finding.position.line},
                   {"column", finding.position.column},
                   {"message", finding.message}});
  }
  return all.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace selfheal
