#include "codec/breaker_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "codec/json_value.h"

namespace selfheal {
namespace {

codec::Json Value(const std::string& scope,
                  const std::vector<BreakerRow>& open) {
  const auto row =
      std::find_if(open.begin(), open.end(),
                   [&](const BreakerRow& one) { return one.scope == scope; });
  if (row == open.end()) {
    return {{"scope", scope},
            {"open", false},
            {"reason", ""},
            {"since", nullptr},
            {"closes_at", nullptr}};
  }
  return {{"scope", scope},
          {"open", true},
          {"reason", row->reason},
          {"since", codec::PublicTime(row->opened_at)},
          {"closes_at", codec::PublicTime(row->closes_at)}};
}

}  // namespace

std::string BreakerJson(const std::string& scope,
                        const std::vector<BreakerRow>& open) {
  return codec::Dump(Value(scope, open));
}

std::string BreakersJson(const std::set<std::string>& scopes,
                         const std::vector<BreakerRow>& open) {
  std::set<std::string> all = scopes;
  for (const BreakerRow& row : open) all.insert(row.scope);
  codec::Json items = codec::Json::array();
  for (const std::string& scope : all) items.push_back(Value(scope, open));
  return codec::Dump({{"items", std::move(items)}});
}

}  // namespace selfheal
