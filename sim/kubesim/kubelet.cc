#include "sim/kubesim/kubelet.h"

#include <algorithm>
#include <set>

#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

double Limit(const Json& container, const char* kind, const char* resource) {
  const Json* amount = Member(container, {"resources", kind, resource});
  return amount == nullptr ? 0 : ParseQuantity(*amount);
}

ContainerRun RunOf(const Json& container) {
  ContainerRun run;
  run.name = container.value("name", "");
  run.image = container.value("image", "");
  run.memory_limit = Limit(container, "limits", "memory");
  run.cpu_limit = Limit(container, "limits", "cpu");
  run.memory_request = Limit(container, "requests", "memory");
  run.cpu_request = Limit(container, "requests", "cpu");
  return run;
}

}  // namespace

std::string WorkloadOf(const Store& store, const Json& pod) {
  const std::string name_space = Text(pod, {"metadata", "namespace"});
  std::string kind = "Pod";
  std::string name = Text(pod, {"metadata", "name"});
  const Json* owner = ControllerOf(pod);
  while (owner != nullptr) {
    kind = owner->value("kind", "");
    name = owner->value("name", "");
    const Resource* resource = FindKind(owner->value("apiVersion", ""), kind);
    const Json* object =
        resource == nullptr ? nullptr : store.Find(*resource, name_space, name);
    owner = object == nullptr ? nullptr : ControllerOf(*object);
  }
  return name_space + "/" + kind + "/" + name;
}

bool PodRun::IsReady() const {
  return !containers.empty() && stops_at == TimePoint{} && !lost &&
         std::all_of(containers.begin(), containers.end(),
                     [](const ContainerRun& run) { return run.ready; });
}

Duration Kubelet::Scaled(double seconds) const {
  return FromSeconds(seconds / speed_);
}

void Kubelet::Step(TimePoint before, TimePoint now) {
  if (origin_ == TimePoint{}) origin_ = before;
  now_ = now;
  if (seen_ != store_->revision()) {
    seen_ = store_->revision();
    std::set<std::string> live;
    for (const Store::Key& key : store_->Keys(Named("pods"))) {
      const Json& object = store_->Get(Named("pods"), key.first, key.second);
      const std::string uid = Text(object, {"metadata", "uid"});
      live.insert(uid);
      if (Text(object, {"spec", "nodeName"}).empty()) continue;
      // Both may write the object's status: no reference to it is kept.
      const bool terminating = object["metadata"].contains("deletionTimestamp");
      if (pods_.count(uid) == 0) Adopt(Json(object));
      if (terminating) Follow(pods_.at(uid), Json(object));
    }
    for (auto it = pods_.begin(); it != pods_.end();) {
      it = live.count(it->first) == 0 ? pods_.erase(it) : std::next(it);
    }
    FollowNodes();
  }
  ready_.clear();
  for (const auto& [uid, pod] : pods_) {
    if (pod.IsReady()) ++ready_[pod.workload];
  }
  for (auto& [uid, pod] : pods_) Accumulate(pod, before, now);
  std::vector<std::string> stopped;
  for (auto& [uid, pod] : pods_) {
    if (pod.lost) continue;
    if (pod.stops_at != TimePoint{}) {
      if (pod.stops_at <= now) stopped.push_back(uid);
      continue;
    }
    bool changed = false;
    for (ContainerRun& container : pod.containers) {
      while (Transition(pod, container)) changed = true;
    }
    if (changed) WriteStatus(pod);
  }
  for (const std::string& uid : stopped) {
    const PodRun pod = pods_.at(uid);
    pods_.erase(uid);
    store_->Remove(Named("pods"), pod.name_space, pod.name);
  }
  WatchDisks();
}

void Kubelet::Adopt(const Json& object) {
  PodRun pod;
  pod.name_space = Text(object, {"metadata", "namespace"});
  pod.name = Text(object, {"metadata", "name"});
  pod.uid = Text(object, {"metadata", "uid"});
  pod.node = Text(object, {"spec", "nodeName"});
  pod.workload = WorkloadOf(*store_, object);
  pod.service = pod.workload.substr(pod.workload.rfind('/') + 1);
  pod.behaviour = BehaviourOf(object);
  const auto persistent = persistent_.find(pod.workload);
  if (persistent != persistent_.end()) {
    pod.behaviour.Apply(persistent->second);
  }
  const auto of_node = of_nodes_.find(pod.node);
  if (of_node != of_nodes_.end()) pod.behaviour.Apply(of_node->second);
  for (const Json& container : object["spec"]["containers"]) {
    ContainerRun run = RunOf(container);
    run.since = now_;
    run.next = now_ + Scaled(pod.behaviour.start_delay_s);
    pod.containers.push_back(std::move(run));
  }
  pods_[pod.uid] = pod;
  WriteStatus(pod);
}

void Kubelet::Follow(PodRun& pod, const Json& object) {
  if (!object["metadata"].contains("deletionTimestamp")) return;
  const double grace = static_cast<double>(
      Number(object, {"metadata", "deletionGracePeriodSeconds"}, 30));
  const double wait = std::min(grace, pod.behaviour.stop_delay_s);
  const TimePoint stops = now_ + Scaled(wait);
  if (pod.stops_at != TimePoint{} && pod.stops_at <= stops) return;
  const bool first = pod.stops_at == TimePoint{};
  pod.stops_at = stops;
  if (first) WriteStatus(pod);
}

bool Kubelet::Transition(PodRun& pod, ContainerRun& container) {
  if (container.state != ContainerState::kRunning) {
    if (container.next > now_) return false;
    Start(pod, container);
    return true;
  }
  const Behaviour& behaviour = pod.behaviour;
  const bool recovered = behaviour.recovers_after >= 0 &&
                         container.restarts >= behaviour.recovers_after;
  if (behaviour.crash_after_s > 0 && !recovered &&
      container.since + Scaled(behaviour.crash_after_s) <= now_) {
    Crash(pod, container, behaviour.exit_code, "Error");
    return true;
  }
  if (container.memory_limit > 0 &&
      MemoryBytes(pod, container, now_) >= container.memory_limit) {
    Crash(pod, container, 137, "OOMKilled");
    return true;
  }
  if (!container.ready && behaviour.ready_delay_s >= 0 &&
      container.since + Scaled(behaviour.ready_delay_s) <= now_) {
    container.ready = true;
    return true;
  }
  return false;
}

void Kubelet::Start(PodRun& pod, ContainerRun& container) {
  if (container.state == ContainerState::kBackOff) ++container.restarts;
  container.state = ContainerState::kRunning;
  container.since = now_;
  container.leaked_mib = 0;
  container.leaked_connections = 0;
  container.written_mib = 0;
  container.counters = Counters{};
  const std::uint64_t bits =
      HashText(pod.uid + container.name + std::to_string(container.restarts));
  static const char kHex[] = "0123456789abcdef";
  container.id.clear();
  for (int i = 0; i < 64; ++i) {
    container.id += kHex[(bits >> ((i * 7) % 60)) & 15];
  }
}

void Kubelet::Crash(PodRun& pod, ContainerRun& container, int exit_code,
                    const std::string& reason) {
  if (now_ - container.since >= Scaled(600)) container.crashes = 0;
  ++container.crashes;
  const int doublings = std::min(container.crashes - 2, 5);
  const double wait =
      container.crashes == 1 ? 0 : std::min(10.0 * (1 << doublings), 300.0);
  container.last_terminated = {{"exitCode", exit_code},
                               {"reason", reason},
                               {"startedAt", FormatTime(container.since)},
                               {"finishedAt", FormatTime(now_)},
                               {"containerID", "containerd://" + container.id}};
  container.ready = false;
  container.state = ContainerState::kBackOff;
  container.since = now_;
  container.next = now_ + Scaled(wait);
  if (wait == 0) Start(pod, container);
}

int Kubelet::InjectNode(const std::string& node, const Json& settings) {
  Json& kept = of_nodes_[node];
  if (!kept.is_object()) kept = Json::object();
  kept.merge_patch(settings);
  int changed = 0;
  for (auto& [uid, pod] : pods_) {
    if (pod.node != node) continue;
    pod.behaviour.Apply(settings);
    ++changed;
  }
  return changed;
}

int Kubelet::Inject(const std::string& workload, const Json& settings,
                    bool persist, int most_pods) {
  if (persist) {
    Json& kept = persistent_[workload];
    if (!kept.is_object()) kept = Json::object();
    kept.merge_patch(settings);
  }
  int changed = 0;
  for (auto& [uid, pod] : pods_) {
    if (pod.workload != workload || pod.stops_at != TimePoint{}) continue;
    if (most_pods >= 0 && changed >= most_pods) break;
    pod.behaviour.Apply(settings);
    ++changed;
  }
  return changed;
}

}  // namespace kubesim
