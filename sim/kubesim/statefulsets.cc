#include <algorithm>
#include <map>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/revisions.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr char kRevisionLabel[] = "controller-revision-hash";

struct Replicas {
  std::map<std::int64_t, Json> by_ordinal;
  std::int64_t wanted = 1;
  std::int64_t partition = 0;
  bool ordered = true;
  bool on_delete = false;
  std::string current;
  std::string update;
};

std::string RevisionOfPod(const Json& pod) {
  const Json labels = pod["metadata"].value("labels", Json::object());
  return labels.value(kRevisionLabel, "");
}

bool IsSettled(const Json& pod) {
  return IsPodReady(pod) && !IsTerminating(pod);
}

Replicas Read(Store& store, const Json& set) {
  Replicas replicas;
  replicas.wanted = Number(set, {"spec", "replicas"}, 1);
  replicas.partition =
      Number(set, {"spec", "updateStrategy", "rollingUpdate", "partition"}, 0);
  replicas.ordered = Text(set, {"spec", "podManagementPolicy"}) != "Parallel";
  replicas.on_delete =
      Text(set, {"spec", "updateStrategy", "type"}) == "OnDelete";
  replicas.update = EnsureRevision(store, set);
  replicas.current = Text(set, {"status", "currentRevision"});
  if (replicas.current.empty()) replicas.current = replicas.update;
  for (Json& pod : ControlledBy(store, Named("pods"), set)) {
    const std::string name = Text(pod, {"metadata", "name"});
    const std::int64_t ordinal =
        std::strtoll(name.substr(name.rfind('-') + 1).c_str(), nullptr, 10);
    replicas.by_ordinal[ordinal] = std::move(pod);
  }
  return replicas;
}

void CreatePod(Store& store, const Json& set, const Replicas& replicas,
               std::int64_t ordinal) {
  const std::string revision =
      ordinal < replicas.partition ? replicas.current : replicas.update;
  Json pod_template = TemplateOfRevision(store, set, revision);
  if (pod_template.is_null()) pod_template = set["spec"]["template"];
  Json pod = PodFrom(set, pod_template);
  const std::string name =
      Text(set, {"metadata", "name"}) + "-" + std::to_string(ordinal);
  pod["metadata"]["name"] = name;
  pod["metadata"]["labels"][kRevisionLabel] = revision;
  pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = name;
  store.Create(Named("pods"), std::move(pod));
}

/// True when every wanted pod is there and settled.
bool Fill(Store& store, const Json& set, const Replicas& replicas) {
  bool settled = true;
  for (std::int64_t ordinal = 0; ordinal < replicas.wanted; ++ordinal) {
    const auto found = replicas.by_ordinal.find(ordinal);
    if (found == replicas.by_ordinal.end()) {
      CreatePod(store, set, replicas, ordinal);
      settled = false;
    } else if (!IsSettled(found->second)) {
      settled = false;
    }
    if (!settled && replicas.ordered) return false;
  }
  return settled;
}

bool Shrink(Store& store, const Replicas& replicas) {
  for (auto it = replicas.by_ordinal.rbegin(); it != replicas.by_ordinal.rend();
       ++it) {
    if (it->first < replicas.wanted) return false;
    if (!IsTerminating(it->second)) DeletePod(store, it->second);
    if (replicas.ordered) return true;
  }
  return false;
}

/// Replaces the highest ordinal that is out of date; one at a time.
void Update(Store& store, const Replicas& replicas) {
  for (std::int64_t ordinal = replicas.wanted - 1;
       ordinal >= replicas.partition; --ordinal) {
    const auto found = replicas.by_ordinal.find(ordinal);
    if (found == replicas.by_ordinal.end()) return;
    if (RevisionOfPod(found->second) != replicas.update) {
      if (!IsTerminating(found->second)) DeletePod(store, found->second);
      return;
    }
    if (!IsSettled(found->second)) return;
  }
}

void WriteStatus(Store& store, const Json& set, const Replicas& replicas) {
  const std::int64_t min_ready = Number(set, {"spec", "minReadySeconds"});
  std::int64_t ready = 0;
  std::int64_t available = 0;
  std::int64_t current = 0;
  std::int64_t updated = 0;
  for (const auto& [ordinal, pod] : replicas.by_ordinal) {
    if (IsPodReady(pod)) ++ready;
    if (IsPodAvailable(pod, min_ready, store.now())) ++available;
    if (IsTerminating(pod)) continue;
    if (RevisionOfPod(pod) == replicas.current) ++current;
    if (RevisionOfPod(pod) == replicas.update) ++updated;
  }
  const bool done = updated == replicas.wanted && ready == replicas.wanted;
  store.Edit(Named("statefulsets"), Text(set, {"metadata", "namespace"}),
             Text(set, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
               Json& status = object["status"];
               status["observedGeneration"] =
                   Number(object, {"metadata", "generation"});
               status["replicas"] = replicas.by_ordinal.size();
               status["readyReplicas"] = ready;
               status["availableReplicas"] = available;
               status["updatedReplicas"] = updated;
               status["currentReplicas"] = done ? updated : current;
               status["updateRevision"] = replicas.update;
               status["currentRevision"] =
                   done ? replicas.update : replicas.current;
               status["collisionCount"] = 0;
             });
}

}  // namespace

void ReconcileStatefulSets(Store& store) {
  ForEachCopy(store, Named("statefulsets"), [&](const Json& set) {
    if (IsTerminating(set)) return;
    const Replicas replicas = Read(store, set);
    const bool settled = Fill(store, set, replicas);
    if (settled || !replicas.ordered) {
      if (!Shrink(store, replicas) && !replicas.on_delete) {
        Update(store, replicas);
      }
    }
    WriteStatus(store, set, Read(store, set));
  });
}

}  // namespace kubesim
