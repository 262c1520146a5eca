#include "sim/kubesim/deployment_rollout.h"

#include <algorithm>
#include <cstdlib>

namespace kubesim {
namespace {

struct Tally {
  std::int64_t replicas = 0;
  std::int64_t updated = 0;
  std::int64_t ready = 0;
  std::int64_t available = 0;

  bool operator==(const Tally&) const = default;
};

Tally TallyOf(const Rollout& rollout) {
  Tally tally;
  const auto add = [&](const Json& set) {
    tally.replicas += Number(set, {"status", "replicas"});
    tally.ready += Number(set, {"status", "readyReplicas"});
    tally.available += Number(set, {"status", "availableReplicas"});
  };
  for (const Json& set : rollout.old_sets) add(set);
  if (!rollout.new_set.is_null()) {
    add(rollout.new_set);
    tally.updated = Number(rollout.new_set, {"status", "replicas"});
  }
  return tally;
}

bool IsComplete(const Tally& tally, std::int64_t wanted) {
  return tally.updated == wanted && tally.replicas == wanted &&
         tally.available == wanted;
}

/// True when this pass brought the rollout forward.
bool HasProgressed(const Json& status, const Tally& tally) {
  const std::int64_t updated = Number(status, {"updatedReplicas"});
  const std::int64_t old =
      Number(status, {"replicas"}) - Number(status, {"updatedReplicas"});
  return tally.updated > updated || tally.replicas - tally.updated < old ||
         tally.ready > Number(status, {"readyReplicas"}) ||
         tally.available > Number(status, {"availableReplicas"});
}

void Touch(Json& status, const std::string& reason, const std::string& message,
           TimePoint now) {
  SetCondition(status, "Progressing", true, reason, message, now);
  for (Json& condition : status["conditions"]) {
    if (condition.value("type", "") == "Progressing") {
      condition["lastUpdateTime"] = FormatTime(now);
    }
  }
}

void WriteProgress(Json& object, const Rollout& rollout, const Tally& tally,
                   TimePoint now) {
  Json& status = object["status"];
  const Json* progressing = ConditionOf(object, "Progressing");
  const std::string set = Text(rollout.new_set, {"metadata", "name"});
  const bool was_complete =
      progressing != nullptr &&
      progressing->value("reason", "") == "NewReplicaSetAvailable";
  const bool scaling_only =
      was_complete && Number(object, {"status", "observedGeneration"}) ==
                          Number(object, {"metadata", "generation"});
  if (IsComplete(tally, rollout.wanted)) {
    if (!was_complete) {
      Touch(status, "NewReplicaSetAvailable",
            "ReplicaSet \"" + set + "\" has successfully progressed.", now);
    }
    return;
  }
  if (rollout.created) {
    Touch(status, "NewReplicaSetCreated",
          "Created new replica set \"" + set + "\"", now);
    return;
  }
  if (progressing == nullptr || HasProgressed(status, tally)) {
    Touch(status, "ReplicaSetUpdated",
          "ReplicaSet \"" + set + "\" is progressing.", now);
    return;
  }
  if (scaling_only) return;  // Lost pods after a rollout are no rollout.
  const std::int64_t limit =
      Number(object, {"spec", "progressDeadlineSeconds"}, 600);
  const TimePoint since = ParseTime(progressing->value("lastUpdateTime", ""));
  if (since + std::chrono::seconds(limit) < now) {
    SetCondition(status, "Progressing", false, "ProgressDeadlineExceeded",
                 "ReplicaSet \"" + set + "\" has timed out progressing.", now);
  }
}

}  // namespace

std::int64_t Rollout::Total() const {
  std::int64_t total = Number(new_set, {"spec", "replicas"});
  for (const Json& set : old_sets) total += Number(set, {"spec", "replicas"});
  return total;
}

std::int64_t Rollout::Available() const {
  std::int64_t total = Number(new_set, {"status", "availableReplicas"});
  for (const Json& set : old_sets) {
    total += Number(set, {"status", "availableReplicas"});
  }
  return total;
}

std::int64_t RevisionOf(const Json& set) {
  const Json notes = set["metadata"].value("annotations", Json::object());
  return std::strtoll(
      notes.value("deployment.kubernetes.io/revision", "0").c_str(), nullptr,
      10);
}

Rollout ReadRollout(const Store& store, const Json& deployment) {
  Rollout rollout;
  rollout.name_space = Text(deployment, {"metadata", "namespace"});
  rollout.name = Text(deployment, {"metadata", "name"});
  rollout.uid = Text(deployment, {"metadata", "uid"});
  rollout.wanted = Number(deployment, {"spec", "replicas"}, 1);
  rollout.paused = deployment["spec"].value("paused", false);
  const Json* rolling =
      Member(deployment, {"spec", "strategy", "rollingUpdate"});
  if (rolling != nullptr) {
    rollout.max_surge =
        IntOrPercent(rolling->value("maxSurge", Json(0)), rollout.wanted, true);
    rollout.max_unavailable = IntOrPercent(
        rolling->value("maxUnavailable", Json(0)), rollout.wanted, false);
    if (rollout.max_surge == 0 && rollout.max_unavailable == 0) {
      rollout.max_unavailable = 1;
    }
  }
  const Json wanted = PlainTemplate(deployment["spec"]["template"]);
  for (Json& set : ControlledBy(store, Named("replicasets"), deployment)) {
    if (rollout.new_set.is_null() &&
        PlainTemplate(set["spec"]["template"]) == wanted) {
      rollout.new_set = std::move(set);
    } else {
      rollout.old_sets.push_back(std::move(set));
    }
  }
  std::stable_sort(rollout.old_sets.begin(), rollout.old_sets.end(),
                   [](const Json& a, const Json& b) {
                     return RevisionOf(a) < RevisionOf(b);
                   });
  return rollout;
}

void WriteRolloutStatus(Store& store, const Rollout& rollout) {
  const Tally tally = TallyOf(rollout);
  store.Edit(
      Named("deployments"), rollout.name_space, rollout.name, Part::kStatus,
      [&](Json& object) {
        const bool enough =
            tally.available >= rollout.wanted - rollout.max_unavailable;
        Json& status = object["status"];
        SetCondition(
            status, "Available", enough,
            enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability."
                   : "Deployment does not have minimum availability.",
            store.now());
        if (!rollout.paused) {
          WriteProgress(object, rollout, tally, store.now());
        }
        status["observedGeneration"] =
            Number(object, {"metadata", "generation"});
        status["replicas"] = tally.replicas;
        status["updatedReplicas"] = tally.updated;
        status["readyReplicas"] = tally.ready;
        status["availableReplicas"] = tally.available;
        status["unavailableReplicas"] =
            std::max<std::int64_t>(rollout.wanted - tally.available, 0);
      });
}

}  // namespace kubesim
