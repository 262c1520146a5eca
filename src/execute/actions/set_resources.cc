#include <algorithm>
#include <map>

#include "core/byte_size.h"
#include "execute/actions/actions.h"
#include "execute/node_pods.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the pods may take to be replaced.
constexpr seconds kTimeout{1800};
/// A step is never larger, whatever the runbook says.
constexpr int kMostPercent = 50;
constexpr long long kMiB = 1048576;

Error Impossible(std::string why) {
  return {Code::kFailedPrecondition, std::move(why)};
}

/// The container that the kernel killed in most of the pods, or "".
std::string KilledContainer(const std::vector<ClusterObject>& pods) {
  std::map<std::string, int> killed;
  for (const ClusterObject& pod : pods) {
    for (const ContainerState& one : pod.As<PodState>()->containers) {
      if (one.last_terminated_reason == "OOMKilled") ++killed[one.name];
    }
  }
  const auto most = std::max_element(
      killed.begin(), killed.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == killed.end() ? "" : most->first;
}

const ContainerMemory* MemoryOf(const ClusterObject& workload,
                                const std::string& container) {
  for (const auto& one : workload.As<WorkloadState>()->memory) {
    if (one.name == container) return &one;
  }
  return nullptr;
}

/// True for digits with a unit that can be put back as it stands.
bool IsPlain(const std::string& amount) {
  const std::size_t unit = amount.find_first_not_of("0123456789");
  const std::string name = unit == std::string::npos ? "" : amount.substr(unit);
  return unit != 0 && amount.front() != '0' &&
         (name.empty() || name == "Ki" || name == "Mi" || name == "Gi");
}

/// A wish for more memory, in bytes.
struct Growth {
  long long from = 0;
  long long to = 0;
  bool request_too = false;
  int pods = 0;             ///< That get it, surging ones among them.
  long long pod_total = 0;  ///< Limits of all containers, after it.
};

/// "256Mi", or "256Mi+request" where the request follows the limit.
std::string ValueOf(const std::string& limit, bool request_too) {
  return limit + (request_too ? "+request" : "");
}

Result<std::vector<ClusterObject>> ListOf(ClusterView& view, ObjectKind kind,
                                          const std::string& ns) {
  auto found = view.List({.kind = kind, .ns = ns, .selector = {}, .node = ""});
  if (!found.ok()) {
    return found.error().With("list " + std::string(KindName(kind)));
  }
  return found;
}

/// Why a limit range or a quota of the namespace stands in the way, or "".
Result<std::string> NamespaceProblem(ClusterView& view, const std::string& ns,
                                     const Growth& growth) {
  const auto ranges = ListOf(view, ObjectKind::kLimitRange, ns);
  if (!ranges.ok()) return ranges.error();
  for (const ClusterObject& range : *ranges) {
    const auto* state = range.As<LimitRangeState>();
    const auto container = ParseByteSize(state->container_max);
    const auto pod = ParseByteSize(state->pod_max);
    if ((container && growth.to > *container) ||
        (pod && growth.pod_total > *pod)) {
      return ToString(range.ref) + " allows no more";
    }
  }
  const auto quotas = ListOf(view, ObjectKind::kResourceQuota, ns);
  if (!quotas.ok()) return quotas.error();
  const long long more = (growth.to - growth.from) * growth.pods;
  for (const ClusterObject& quota : *quotas) {
    const auto* state = quota.As<QuotaState>();
    for (const char* name : {"limits.memory", "requests.memory", "memory"}) {
      const bool limits = std::string_view(name) == "limits.memory";
      const auto hard = state->hard.find(name);
      if (hard == state->hard.end() || (!limits && !growth.request_too)) {
        continue;
      }
      const auto used = state->used.find(name);
      const auto most = ParseByteSize(hard->second);
      const auto now =
          ParseByteSize(used == state->used.end() ? "" : used->second);
      if (!most || !now || *now + more > *most) {
        return ToString(quota.ref) + " leaves no room for " + MemoryText(more) +
               " more of " + name;
      }
    }
  }
  return std::string();
}

/// True for a node that takes new pods of those that `pods` are like; a taint
/// is tolerated where one of them runs there already.
bool Takes(const ClusterObject& node, const std::vector<ClusterObject>& pods) {
  const NodeState& state = *node.As<NodeState>();
  const bool runs_one =
      std::any_of(pods.begin(), pods.end(), [&](const ClusterObject& pod) {
        return pod.As<PodState>()->node == node.ref.name;
      });
  return IsNodeReady(node) && !state.unschedulable &&
         (!state.tainted || runs_one);
}

/// Why no node could take such a pod, or "".
Result<std::string> NodeProblem(ClusterView& view,
                                const std::vector<ClusterObject>& pods,
                                const Growth& growth) {
  const auto nodes = ListOf(view, ObjectKind::kNode, "");
  if (!nodes.ok()) return nodes.error();
  long long largest = 0;
  for (const ClusterObject& node : *nodes) {
    if (!Takes(node, pods)) continue;
    largest = std::max(largest, node.As<NodeState>()->allocatable.memory_bytes);
  }
  if (growth.pod_total <= largest) return std::string();
  return "no node that takes its pods has " + MemoryText(growth.pod_total);
}

Result<Growth> GrowthOf(const ClusterObject& workload,
                        const ContainerMemory& memory, int percent) {
  const auto limit = ParseByteSize(memory.limit);
  if (!limit || *limit < 1) {
    return Impossible("container " + memory.name + " has no memory limit");
  }
  if (!IsPlain(memory.limit)) {
    return Impossible("the limit " + memory.limit + " of container " +
                      memory.name + " is not in whole bytes, Ki, Mi or Gi");
  }
  Growth growth;
  growth.from = *limit;
  // Whole MiB, never above what was asked for.
  const long long most =
      *limit + *limit * std::min(percent, kMostPercent) / 100;
  growth.to = most - most % kMiB;
  growth.request_too = ParseByteSize(memory.request) == limit;
  growth.pods = workload.As<WorkloadState>()->replicas + 1;
  for (const auto& one : workload.As<WorkloadState>()->memory) {
    growth.pod_total += one.name == memory.name
                            ? growth.to
                            : ParseByteSize(one.limit).value_or(0);
  }
  if (growth.to <= growth.from) {
    return Impossible("container " + memory.name + " has too small a limit");
  }
  return growth;
}

Mutation SetTo(const Incident& incident, const ClusterObject& live,
               const std::string& value) {
  const std::size_t plus = value.find('+');
  const std::string limit = value.substr(0, plus);
  return SetMemory{.workload = incident.target,
                   .uid = incident.plan->change.uid,
                   .resource_version = live.resource_version,
                   .container = incident.plan->change.container,
                   .limit = limit,
                   .request = plus == std::string::npos ? "" : limit,
                   .action_id = incident.progress.action_id};
}

/// The limit that stands, or "".
std::string Standing(const ClusterObject& live, const std::string& container) {
  if (live.As<WorkloadState>() == nullptr) return "";
  const ContainerMemory* memory = MemoryOf(live, container);
  return memory == nullptr ? "" : memory->limit;
}

std::string LimitIn(const std::string& value) {
  return value.substr(0, value.find('+'));
}

}  // namespace

Result<PlannedChange> FreezeSetResources(const SetResources& action,
                                         const ObjectRef& target,
                                         const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  if (workload->As<WorkloadState>() == nullptr) {
    return Impossible(ToString(target) + " has no containers");
  }
  if (target.kind == ObjectKind::kRollout) {
    return Impossible("a person sets the limit of " + ToString(target) +
                      ": by name its containers can't be patched");
  }
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const std::string container = KilledContainer(*pods);
  const ContainerMemory* memory = MemoryOf(*workload, container);
  if (memory == nullptr) {
    return Impossible("no container of " + ToString(target) +
                      " was OOM-killed");
  }
  auto growth = GrowthOf(*workload, *memory, action.percent);
  if (!growth.ok()) return growth.error();
  auto problem = NamespaceProblem(context.view, target.ns, *growth);
  if (problem.ok() && problem->empty()) {
    problem = NodeProblem(context.view, *pods, *growth);
  }
  if (!problem.ok()) return problem.error();
  if (!problem->empty()) return Impossible(*std::move(problem));
  PlannedChange change;
  change.object = target;
  change.uid = workload->uid;
  change.generation = workload->generation;
  change.container = container;
  change.from_value = ValueOf(memory->limit, growth->request_too);
  change.to_value = ValueOf(MemoryText(growth->to), growth->request_too);
  change.pods = static_cast<int>(pods->size());
  change.summary = "memory limit of container " + container + " of " +
                   ToString(target) + " from " + memory->limit + " to " +
                   MemoryText(growth->to) +
                   (growth->request_too ? ", its request too" : "");
  change.blast_radius = "all " + std::to_string(change.pods) +
                        " pods are replaced, as the rollout goes";
  return change;
}

Result<Move> NextSetResources(const Incident& incident,
                              const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  const std::string standing = Standing(*workload, change.container);
  if (!IsApplied(incident, "apply")) {
    if (standing != LimitIn(change.from_value)) {
      return Move::Failed("somebody else has set the limit since");
    }
    return Move::Mutate(ActionKind::kSetResources, "apply",
                        SetTo(incident, *workload, change.to_value));
  }
  if (standing != LimitIn(change.to_value)) {
    return Move::Failed("somebody else has set the limit since");
  }
  std::string why;
  if (StatusOf(*workload, &why) == RolloutStatus::kDone) return Move::Done(why);
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the pods were not replaced in time: " + why);
  }
  return Move::Wait(context.now + context.poll, why);
}

Result<Move> UndoSetResources(const Incident& incident,
                              const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (IsApplied(incident, "restore")) {
    return Move::Done("the previous limit stands again");
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  if (workload->uid != change.uid) {
    return Move::Failed("the workload is another object now");
  }
  const std::string standing = Standing(*workload, change.container);
  if (standing == LimitIn(change.from_value)) {
    return Move::Done("the previous limit already stands");
  }
  if (standing != LimitIn(change.to_value)) {
    return Move::Failed("somebody else has set the limit since");
  }
  return Move::Mutate(ActionKind::kUndoSetResources, "restore",
                      SetTo(incident, *workload, change.from_value));
}

}  // namespace selfheal::actions
