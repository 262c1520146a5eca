#include "adapters/kubernetes/quota_mapper.h"

namespace selfheal::kubernetes {

QuotaState MapQuota(const FieldReader& root) {
  const FieldReader status = root.Object("status");
  QuotaState state;
  // What is counted already; before that, what is asked for.
  for (const FieldReader& from : {root.Object("spec"), status}) {
    for (const auto& [name, value] : from.StringMap("hard")) {
      state.hard[name] = value;
    }
  }
  for (const auto& [name, value] : status.StringMap("used")) {
    state.used[name] = value;
  }
  return state;
}

LimitRangeState MapLimitRange(const FieldReader& root) {
  LimitRangeState state;
  for (const FieldReader& item : root.Object("spec").Objects("limits")) {
    const std::string type = item.String("type");
    const Labels most = item.StringMap("max");
    const std::string memory(LabelOr(most, "memory"));
    if (type == "Container") state.container_max = memory;
    if (type == "Pod") state.pod_max = memory;
  }
  return state;
}

}  // namespace selfheal::kubernetes
