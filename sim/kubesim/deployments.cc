#include <algorithm>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/deployment_rollout.h"

namespace kubesim {
namespace {

constexpr char kRevision[] = "deployment.kubernetes.io/revision";

/// Counts the rollout into `revision`s, on the set and on the Deployment.
void WriteRevision(Store& store, const Rollout& rollout) {
  std::int64_t highest = 0;
  for (const Json& set : rollout.old_sets) {
    highest = std::max(highest, RevisionOf(set));
  }
  const Json& set = rollout.new_set;
  std::int64_t revision = RevisionOf(set);
  if (revision <= highest) revision = highest + 1;
  const std::string text = std::to_string(revision);
  store.Edit(Named("replicasets"), rollout.name_space,
             Text(set, {"metadata", "name"}), Part::kMain, [&](Json& object) {
               Json& notes = object["metadata"]["annotations"];
               if (!notes.is_object()) notes = Json::object();
               const std::string before = notes.value(kRevision, "");
               if (!before.empty() && before != text) {
                 const std::string key =
                     "deployment.kubernetes.io/revision-history";
                 const std::string past = notes.value(key, "");
                 notes[key] = past.empty() ? before : past + "," + before;
               }
               notes[kRevision] = text;
               notes["deployment.kubernetes.io/desired-replicas"] =
                   std::to_string(rollout.wanted);
               notes["deployment.kubernetes.io/max-replicas"] =
                   std::to_string(rollout.wanted + rollout.max_surge);
             });
  store.Edit(Named("deployments"), rollout.name_space, rollout.name,
             Part::kMain, [&](Json& object) {
               object["metadata"]["annotations"][kRevision] = text;
             });
}

/// The ReplicaSet of the current template, made when there is none.
void EnsureNewSet(Store& store, const Json& deployment, Rollout& rollout) {
  if (rollout.new_set.is_null() && !rollout.paused) {
    const std::string hash = TemplateHash(deployment["spec"]["template"]);
    Json set = {{"metadata",
                 {{"name", rollout.name + "-" + hash},
                  {"namespace", rollout.name_space},
                  {"ownerReferences", {OwnerReference(deployment)}}}},
                {"spec",
                 {{"replicas", 0},
                  {"selector", deployment["spec"]["selector"]},
                  {"template", deployment["spec"]["template"]}}}};
    Json& labels = set["spec"]["template"]["metadata"]["labels"];
    labels["pod-template-hash"] = hash;
    set["metadata"]["labels"] = labels;
    set["spec"]["selector"]["matchLabels"]["pod-template-hash"] = hash;
    if (deployment["spec"].contains("minReadySeconds")) {
      set["spec"]["minReadySeconds"] = deployment["spec"]["minReadySeconds"];
    }
    rollout.new_set = store.Create(Named("replicasets"), std::move(set));
    rollout.created = true;
  }
  if (!rollout.new_set.is_null()) WriteRevision(store, rollout);
}

void Scale(Store& store, Json& set, std::int64_t replicas) {
  replicas = std::max<std::int64_t>(replicas, 0);
  if (Number(set, {"spec", "replicas"}) == replicas) return;
  store.Edit(Named("replicasets"), Text(set, {"metadata", "namespace"}),
             Text(set, {"metadata", "name"}), Part::kMain,
             [&](Json& object) { object["spec"]["replicas"] = replicas; });
  set["spec"]["replicas"] = replicas;
}

void Recreate(Store& store, Rollout& rollout) {
  for (Json& set : rollout.old_sets) Scale(store, set, 0);
  for (const Json& set : rollout.old_sets) {
    if (!ControlledBy(store, Named("pods"), set).empty()) return;
  }
  Scale(store, rollout.new_set, rollout.wanted);
}

/// Takes from old sets first what is not available anyway.
void ShrinkOldSets(Store& store, Rollout& rollout) {
  const std::int64_t least = rollout.wanted - rollout.max_unavailable;
  const std::int64_t new_missing =
      Number(rollout.new_set, {"spec", "replicas"}) -
      Number(rollout.new_set, {"status", "availableReplicas"});
  std::int64_t room = rollout.Total() - least - new_missing;
  for (Json& set : rollout.old_sets) {
    if (room <= 0) break;
    const std::int64_t have = Number(set, {"spec", "replicas"});
    const std::int64_t broken =
        have - Number(set, {"status", "availableReplicas"});
    const std::int64_t take = std::min({room, have, broken});
    if (take <= 0) continue;
    Scale(store, set, have - take);
    room -= take;
  }
  std::int64_t spare = rollout.Available() - least;
  for (Json& set : rollout.old_sets) {
    if (room <= 0 || spare <= 0) break;
    const std::int64_t have = Number(set, {"spec", "replicas"});
    const std::int64_t take = std::min({room, spare, have});
    Scale(store, set, have - take);
    room -= take;
    spare -= take;
  }
}

void Roll(Store& store, Rollout& rollout) {
  const std::int64_t have = Number(rollout.new_set, {"spec", "replicas"});
  if (have < rollout.wanted) {
    const std::int64_t room =
        rollout.wanted + rollout.max_surge - rollout.Total();
    const std::int64_t step = std::min(room, rollout.wanted - have);
    if (step > 0) Scale(store, rollout.new_set, have + step);
  } else if (have > rollout.wanted) {
    Scale(store, rollout.new_set, rollout.wanted);
  }
  ShrinkOldSets(store, rollout);
}

void DropOldHistory(Store& store, const Json& deployment, Rollout& rollout) {
  const std::int64_t limit =
      Number(deployment, {"spec", "revisionHistoryLimit"}, 10);
  std::vector<Json> idle;
  for (const Json& set : rollout.old_sets) {
    if (Number(set, {"spec", "replicas"}) == 0 &&
        Number(set, {"status", "replicas"}) == 0) {
      idle.push_back(set);
    }
  }
  std::sort(idle.begin(), idle.end(), [](const Json& a, const Json& b) {
    return RevisionOf(a) < RevisionOf(b);
  });
  for (std::size_t i = 0; i + limit < idle.size(); ++i) {
    store.Remove(Named("replicasets"), rollout.name_space,
                 Text(idle[i], {"metadata", "name"}));
  }
}

void Reconcile(Store& store, const Json& deployment) {
  Rollout rollout = ReadRollout(store, deployment);
  if (!IsTerminating(deployment)) {
    EnsureNewSet(store, deployment, rollout);
    if (rollout.paused) {
      ScalePaused(store, rollout);
    } else if (Text(deployment, {"spec", "strategy", "type"}) == "Recreate") {
      Recreate(store, rollout);
    } else {
      Roll(store, rollout);
    }
    DropOldHistory(store, deployment, rollout);
  }
  WriteRolloutStatus(store, rollout);
}

}  // namespace

void ScalePaused(Store& store, Rollout& rollout) {
  // A paused Deployment is still scaled, but only where one set is active.
  std::vector<Json*> active;
  if (Number(rollout.new_set, {"spec", "replicas"}) > 0) {
    active.push_back(&rollout.new_set);
  }
  for (Json& set : rollout.old_sets) {
    if (Number(set, {"spec", "replicas"}) > 0) active.push_back(&set);
  }
  if (active.size() == 1) Scale(store, *active[0], rollout.wanted);
}

void ReconcileDeployments(Store& store) {
  ForEachCopy(store, Named("deployments"),
              [&](const Json& deployment) { Reconcile(store, deployment); });
}

}  // namespace kubesim
