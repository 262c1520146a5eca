#include "guard/facts.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "core/gitops.h"
#include "guard/selectors.h"

namespace selfheal::guard {
namespace {

/// Reads objects, each at most once a check.
class Reader {
 public:
  explicit Reader(ClusterView& cluster) : cluster_(cluster) {}

  const Result<ClusterObject>& Get(const ObjectRef& ref) {
    for (const auto& [seen, result] : seen_) {
      if (seen == ref) return result;
    }
    Result<ClusterObject> result =
        IsWellFormed(ref)
            ? cluster_.Get(ref)
            : Error{Code::kInvalidArgument,
                    "the name of " + ToString(ref) + " is not well formed"};
    if (!result.ok()) result = result.error().With("read " + ToString(ref));
    seen_.emplace_back(ref, std::move(result));
    return seen_.back().second;
  }

 private:
  ClusterView& cluster_;
  /// A deque, so that references stay good while it grows.
  std::deque<std::pair<ObjectRef, Result<ClusterObject>>> seen_;
};

/// The controlling owner of `object`, which must be the very one (uid).
Result<ClusterObject> ControllerOf(Reader& reader,
                                   const ClusterObject& object) {
  const OwnerRef* owner = object.Controller();
  if (owner == nullptr) {
    return Error{Code::kFailedPrecondition,
                 ToString(object.ref) + " has no controller"};
  }
  const std::optional<ObjectKind> kind = ParseKind(owner->kind);
  if (!kind) {
    return Error{Code::kFailedPrecondition,
                 ToString(object.ref) + " is controlled by a " + owner->kind};
  }
  Result<ClusterObject> found = reader.Get({*kind, object.ref.ns, owner->name});
  if (found.ok() && found->uid != owner->uid) {
    return Error{Code::kFailedPrecondition,
                 ToString(found->ref) + " is not the controller that " +
                     ToString(object.ref) + " names: another uid"};
  }
  return found;
}

/// Follows controllers from a pod, or an HPA's target, up to the workload.
Result<ClusterObject> WorkloadOf(Reader& reader, ClusterObject object) {
  if (const HpaState* hpa = object.As<HpaState>()) {
    const std::optional<ObjectKind> kind = ParseKind(hpa->target_kind);
    if (!kind) {
      return Error{Code::kFailedPrecondition,
                   ToString(object.ref) + " scales a " + hpa->target_kind};
    }
    return reader.Get({*kind, object.ref.ns, hpa->target_name});
  }
  constexpr int kMostHops = 3;
  for (int hop = 0; hop < kMostHops; ++hop) {
    const OwnerRef* owner = object.Controller();
    const bool top = IsWorkload(object.ref.kind) ||
                     (object.ref.kind == ObjectKind::kReplicaSet && !owner);
    if (top) return object;
    Result<ClusterObject> next = ControllerOf(reader, object);
    if (!next.ok()) return next;
    object = *std::move(next);
  }
  return Error{Code::kFailedPrecondition, "too many owners"};
}

Result<std::vector<ClusterObject>> ListAll(ClusterView& cluster,
                                           const ListQuery& query) {
  const std::string what =
      "list " + std::string(KindName(query.kind)) + " of " + query.ns;
  Result<std::vector<ClusterObject>> found = cluster.List(query);
  if (!found.ok()) return found.error().With(what);
  return found;
}

Result<std::vector<ClusterObject>> PodsOf(ClusterView& cluster,
                                          const ClusterObject& workload) {
  const WorkloadState* state = workload.As<WorkloadState>();
  if (state == nullptr || state->selector.empty()) {
    return Error{Code::kFailedPrecondition,
                 ToString(workload.ref) + " has no selector by labels"};
  }
  auto listed = ListAll(cluster, {.kind = ObjectKind::kPod,
                                  .ns = workload.ref.ns,
                                  .selector = state->selector,
                                  .node = ""});
  if (!listed.ok()) return listed;
  std::erase_if(*listed, [&](const ClusterObject& pod) {
    return !Selects(state->selector, pod.labels) || !BelongsTo(pod, workload);
  });
  return listed;
}

/// What is looked at around a target that is a node.
void GatherNode(ClusterView& cluster, const MutationPurpose& purpose,
                Facts& facts) {
  facts.nodes = ListAll(cluster, {.kind = ObjectKind::kNode});
  facts.node_pods =
      ListAll(cluster, {.kind = ObjectKind::kPod, .node = purpose.target.name});
  if (purpose.kind == ActionKind::kDrain && purpose.first_of_action) {
    facts.all_pods = ListAll(cluster, {.kind = ObjectKind::kPod});
  }
}

bool AllServe(const std::vector<ClusterObject>& pods) {
  return std::all_of(pods.begin(), pods.end(), Serves);
}

Result<std::vector<ClusterObject>> RevisionsOf(ClusterView& cluster,
                                               const ClusterObject& workload) {
  const WorkloadState* state = workload.As<WorkloadState>();
  if (state == nullptr || state->selector.empty()) {
    return Error{Code::kFailedPrecondition,
                 ToString(workload.ref) + " has no selector by labels"};
  }
  return ListAll(cluster, {.kind = KeptIn(workload.ref.kind),
                           .ns = workload.ref.ns,
                           .selector = state->selector,
                           .node = ""});
}

/// True for what manifests declare, too.
bool Declares(const Mutation& mutation) {
  return std::holds_alternative<SetTemplate>(mutation) ||
         std::holds_alternative<SetMemory>(mutation) ||
         std::holds_alternative<SetReplicas>(mutation) ||
         std::holds_alternative<SetHpaBounds>(mutation);
}

bool Scales(const Mutation& mutation) {
  return std::holds_alternative<SetReplicas>(mutation) ||
         std::holds_alternative<SetHpaBounds>(mutation);
}

}  // namespace

Facts Gather(const FactSources& sources, const MutationPurpose& purpose,
             const Mutation& mutation, Time now) {
  Facts facts;
  facts.switches = sources.switches.Read();
  facts.history = sources.history.Recent(now);
  facts.surroundings = sources.surroundings.Read();
  Reader reader(sources.cluster);
  const ObjectRef& object = ObjectOf(mutation);
  if (!ChangesNode(mutation)) {
    facts.ns = reader.Get({ObjectKind::kNamespace, "", object.ns});
  }
  facts.target = reader.Get(purpose.target);
  facts.object = reader.Get(object);
  if (!facts.object.ok()) return facts;
  const bool of_node = purpose.target.kind == ObjectKind::kNode;
  if (of_node) GatherNode(sources.cluster, purpose, facts);
  if (StandsAlone(mutation)) return facts;
  // An Application owns no pods; its sync is for the target's.
  const bool sync = std::holds_alternative<RequestSync>(mutation);
  const auto& of = sync ? facts.target : facts.object;
  facts.workload = of.ok() ? WorkloadOf(reader, *of) : of.error();
  if (Declares(mutation)) {
    facts.application = PossibleApplication(sources.cluster, *facts.object);
  }
  if (Scales(mutation)) {
    facts.hpas =
        ListAll(sources.cluster, {.kind = ObjectKind::kHorizontalPodAutoscaler,
                                  .ns = object.ns,
                                  .selector = {},
                                  .node = ""});
    if (purpose.kind != ActionKind::kScaleIn && !IsUndo(purpose.kind)) {
      return facts;
    }
  }
  facts.pdbs =
      ListAll(sources.cluster, {.kind = ObjectKind::kPodDisruptionBudget,
                                .ns = object.ns,
                                .selector = {},
                                .node = ""});
  if (!facts.workload.ok() || Scales(mutation)) return facts;
  facts.pods = PodsOf(sources.cluster, *facts.workload);
  if (std::holds_alternative<SetTemplate>(mutation)) {
    facts.revisions = RevisionsOf(sources.cluster, *facts.workload);
  }
  if (!of_node && facts.pods.ok() && !AllServe(*facts.pods)) {
    facts.nodes = ListAll(sources.cluster, {.kind = ObjectKind::kNode});
  }
  return facts;
}

}  // namespace selfheal::guard
