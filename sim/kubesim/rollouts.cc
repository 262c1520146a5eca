#include <algorithm>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/defaults.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr char kRevision[] = "rollout.argoproj.io/revision";
constexpr char kHash[] = "rollouts-pod-template-hash";

/// A Rollout and its ReplicaSets as one pass of its controller sees them.
struct Update {
  std::string name_space;
  std::string name;
  std::int64_t wanted = 0;
  std::string current_hash;  // of its template
  std::string stable_hash;   // of the set that was promoted last
  bool aborted = false;
  std::size_t step = 0;
  bool waits = false;  // at a step that a person lets go on
  std::vector<Json> sets;

  Json* With(const std::string& hash) {
    const auto found = std::find_if(sets.begin(), sets.end(), [&](Json& set) {
      return Text(set, {"metadata", "labels", kHash}) == hash;
    });
    return found == sets.end() ? nullptr : &*found;
  }
  bool Updates() const { return current_hash != stable_hash; }
};

std::int64_t Available(const Json* set) {
  return set == nullptr ? 0 : Number(*set, {"status", "availableReplicas"});
}

std::int64_t RevisionOf(const Json& set) {
  const std::string text = Text(set, {"metadata", "annotations", kRevision});
  return text.empty() ? 0 : std::stoll(text);
}

/// A Rollout's own template has no defaults, its ReplicaSets' have.
std::string HashOf(const Json& pod_template) {
  Json set = {{"spec", {{"template", pod_template}}}};
  ApplyDefaults(Named("replicasets"), set);
  return TemplateHash(set["spec"]["template"]);
}

Update Read(const Store& store, const Json& rollout) {
  Update update;
  update.name_space = Text(rollout, {"metadata", "namespace"});
  update.name = Text(rollout, {"metadata", "name"});
  update.wanted = Number(rollout, {"spec", "replicas"}, 1);
  update.current_hash = HashOf(rollout["spec"]["template"]);
  update.stable_hash = Text(rollout, {"status", "stableRS"});
  // Another template begins anew.
  if (Text(rollout, {"status", "currentPodHash"}) == update.current_hash) {
    const Json* abort = Member(rollout, {"status", "abort"});
    update.aborted = update.Updates() && abort != nullptr && abort->get<bool>();
    update.step = static_cast<std::size_t>(
        Number(rollout, {"status", "currentStepIndex"}));
  }
  if (update.aborted) update.step = 0;
  update.sets = ControlledBy(store, Named("replicasets"), rollout);
  return update;
}

void EnsureCurrent(Store& store, const Json& rollout, Update& update) {
  std::int64_t highest = 0;
  for (const Json& set : update.sets) {
    highest = std::max(highest, RevisionOf(set));
  }
  Json* current = update.With(update.current_hash);
  if (current == nullptr) {
    Json set = {{"metadata",
                 {{"name", update.name + "-" + update.current_hash},
                  {"namespace", update.name_space},
                  {"ownerReferences", {OwnerReference(rollout)}}}},
                {"spec",
                 {{"replicas", 0},
                  {"selector", rollout["spec"]["selector"]},
                  {"template", rollout["spec"]["template"]}}}};
    set["spec"]["template"]["metadata"]["labels"][kHash] = update.current_hash;
    set["metadata"]["labels"] = set["spec"]["template"]["metadata"]["labels"];
    set["spec"]["selector"]["matchLabels"][kHash] = update.current_hash;
    update.sets.push_back(store.Create(Named("replicasets"), std::move(set)));
    current = &update.sets.back();
  }
  if (RevisionOf(*current) == highest && highest > 0) return;
  const std::string number = std::to_string(highest + 1);
  const auto write = [&](Json& object) {
    object["metadata"]["annotations"][kRevision] = number;
  };
  store.Edit(Named("replicasets"), update.name_space,
             Text(*current, {"metadata", "name"}), Part::kMain, write);
  write(*current);
  store.Edit(Named("rollouts"), update.name_space, update.name, Part::kMain,
             write);
}

void Scale(Store& store, Json* set, std::int64_t replicas) {
  if (set == nullptr || Number(*set, {"spec", "replicas"}) == replicas) return;
  store.Edit(Named("replicasets"), Text(*set, {"metadata", "namespace"}),
             Text(*set, {"metadata", "name"}), Part::kMain,
             [&](Json& object) { object["spec"]["replicas"] = replicas; });
  (*set)["spec"]["replicas"] = replicas;
}

/// The pods of the new revision that the steps so far ask for.
std::int64_t CanaryOf(const Json& steps, const Update& update) {
  std::int64_t weight = update.step >= steps.size() ? 100 : 0;
  for (std::size_t i = 0; i <= update.step && i < steps.size(); ++i) {
    weight = Number(steps[i], {"setWeight"}, weight);
  }
  return (update.wanted * weight + 99) / 100;
}

/// One step of an update by canary: what is new comes, then as much goes.
void Advance(Store& store, const Json& rollout, Update& update) {
  const Json* found = Member(rollout, {"spec", "strategy", "canary", "steps"});
  const Json steps = found == nullptr ? Json::array() : *found;
  Json* current = update.With(update.current_hash);
  Json* stable = update.With(update.stable_hash);
  const bool first = stable == nullptr;
  if (first) update.step = steps.size();
  const std::int64_t canary = CanaryOf(steps, update);
  Scale(store, current, canary);
  const std::int64_t there = std::min(canary, Available(current));
  Scale(store, stable, update.wanted - there);
  if (there < canary) return;
  if (update.step >= steps.size()) {
    update.stable_hash = update.current_hash;
    return;
  }
  update.waits = steps[update.step].contains("pause");
  if (!update.waits) ++update.step;
}

void SetScales(Store& store, const Json& rollout, Update& update) {
  for (Json& set : update.sets) {
    const std::string hash = Text(set, {"metadata", "labels", kHash});
    const bool used = hash == update.current_hash || hash == update.stable_hash;
    if (!used) Scale(store, &set, 0);
  }
  if (!update.Updates()) {
    Scale(store, update.With(update.current_hash), update.wanted);
  } else if (update.aborted) {
    Scale(store, update.With(update.current_hash), 0);
    Scale(store, update.With(update.stable_hash), update.wanted);
  } else {
    Advance(store, rollout, update);
  }
}

/// Deletes one pod from before spec.restartAt, where all are available.
/// @return true where none is left.
bool Restart(Store& store, const Json& rollout, const Update& update) {
  const TimePoint since = ParseTime(Text(rollout, {"spec", "restartAt"}));
  for (const Json& set : update.sets) {
    if (Available(&set) != Number(set, {"spec", "replicas"})) return false;
  }
  for (const Json& set : update.sets) {
    for (const Json& pod : ControlledBy(store, Named("pods"), set)) {
      if (IsTerminating(pod)) return false;
      if (ParseTime(Text(pod, {"metadata", "creationTimestamp"})) < since) {
        DeletePod(store, pod);
        return false;
      }
    }
  }
  return true;
}

struct Phase {
  const char* name;
  std::string message;
};

Phase PhaseOf(const Json& status, const Update& update, bool restarts) {
  const std::int64_t updated = Number(status, {"updatedReplicas"});
  if (update.aborted) return {"Degraded", "RolloutAborted: Rollout aborted"};
  if (update.waits) return {"Paused", "CanaryPauseStep"};
  if (restarts) return {"Progressing", "rollout is restarting"};
  if (updated < update.wanted) {
    return {"Progressing", "more replicas need to be updated"};
  }
  if (Number(status, {"availableReplicas"}) < updated) {
    return {"Progressing", "updated replicas are still becoming available"};
  }
  if (Number(status, {"replicas"}) > updated) {
    return {"Progressing", "old replicas are pending termination"};
  }
  if (update.Updates()) {
    return {"Progressing", "waiting for all steps to complete"};
  }
  return {"Healthy", ""};
}

void WriteStatus(Store& store, Update& update, const std::string& restarted) {
  const auto sum = [&](const char* field) {
    std::int64_t total = 0;
    for (const Json& set : update.sets) {
      total += Number(set, {"status", field});
    }
    return total;
  };
  const Json* current = update.With(update.current_hash);
  store.Edit(
      Named("rollouts"), update.name_space, update.name, Part::kStatus,
      [&](Json& object) {
        Json& status = object["status"];
        // A string, as the real one's.
        status["observedGeneration"] =
            std::to_string(Number(object, {"metadata", "generation"}));
        status["replicas"] = sum("replicas");
        status["readyReplicas"] = sum("readyReplicas");
        status["availableReplicas"] = sum("availableReplicas");
        status["updatedReplicas"] =
            current == nullptr ? 0 : Number(*current, {"status", "replicas"});
        status["currentPodHash"] = update.current_hash;
        status["stableRS"] = update.stable_hash;
        status["currentStepIndex"] = update.step;
        status["abort"] = update.aborted;
        if (!restarted.empty()) status["restartedAt"] = restarted;
        const std::string asked = Text(object, {"spec", "restartAt"});
        const bool restarts = asked != Text(status, {"restartedAt"});
        const Phase phase = PhaseOf(status, update, !asked.empty() && restarts);
        status["phase"] = phase.name;
        status["message"] = phase.message;
      });
}

void Reconcile(Store& store, const Json& rollout) {
  Update update = Read(store, rollout);
  std::string restarted;
  const std::string asked = Text(rollout, {"spec", "restartAt"});
  if (!IsTerminating(rollout)) {
    EnsureCurrent(store, rollout, update);
    SetScales(store, rollout, update);
    const bool due = !asked.empty() && ParseTime(asked) <= store.now() &&
                     asked != Text(rollout, {"status", "restartedAt"});
    if (due && Restart(store, rollout, update)) restarted = asked;
  }
  WriteStatus(store, update, restarted);
}

}  // namespace

void ReconcileRollouts(Store& store) {
  ForEachCopy(store, Named("rollouts"), [&](const Json& rollout) {
    // One that takes its template from another object is not played.
    if (Member(rollout, {"spec", "template"}) != nullptr) {
      Reconcile(store, rollout);
    }
  });
}

}  // namespace kubesim
