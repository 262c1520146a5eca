#include "guard/selectors.h"

#include <algorithm>

namespace selfheal::guard {

bool Selects(const Labels& selector, const Labels& labels) {
  return !selector.empty() &&
         std::all_of(selector.begin(), selector.end(), [&](const auto& pair) {
           const auto found = labels.find(pair.first);
           return found != labels.end() && found->second == pair.second;
         });
}

Selection PdbSelects(const PdbState& pdb, const Labels& pod_labels) {
  if (pdb.selects_all) return Selection::kYes;
  const bool labels_match =
      pdb.selector.empty() || Selects(pdb.selector, pod_labels);
  if (pdb.selector_has_expressions) {
    return labels_match ? Selection::kUnknown : Selection::kNo;
  }
  return Selects(pdb.selector, pod_labels) ? Selection::kYes : Selection::kNo;
}

bool BelongsTo(const ClusterObject& pod, const ClusterObject& workload) {
  const OwnerRef* owner = pod.Controller();
  if (owner == nullptr) return false;
  if (owner->uid == workload.uid) return true;
  // ReplicaSets are called NAME-HASH, and no hash has a dash.
  const std::string prefix = workload.ref.name + "-";
  return KeptIn(workload.ref.kind) == ObjectKind::kReplicaSet &&
         owner->kind == "ReplicaSet" && owner->name.starts_with(prefix) &&
         owner->name.find('-', prefix.size()) == std::string::npos;
}

bool Serves(const ClusterObject& pod) {
  const PodState* state = pod.As<PodState>();
  return state != nullptr && state->ready && !pod.deleting;
}

int CountServing(const std::vector<ClusterObject>& pods,
                 const std::string& without_uid) {
  return static_cast<int>(
      std::count_if(pods.begin(), pods.end(), [&](const ClusterObject& pod) {
        return pod.uid != without_uid && Serves(pod);
      }));
}

}  // namespace selfheal::guard
