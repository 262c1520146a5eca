#include "execute/template_check.h"

#include <string>

#include "execute/privilege.h"

namespace selfheal {
namespace {

const std::string* TemplateIn(const ClusterObject& object) {
  if (const auto* set = object.As<WorkloadState>()) return &set->pod_template;
  if (const auto* kept = object.As<RevisionState>()) return &kept->pod_template;
  return nullptr;
}

bool Holds(const ClusterObject& kept, const SetTemplate& mutation) {
  const std::string* held = TemplateIn(kept);
  if (held == nullptr || *held != mutation.pod_template) return false;
  for (const OwnerRef& owner : kept.owners) {
    if (owner.controller) return owner.uid == mutation.uid;
  }
  return false;
}

/// The template that the new one is measured against: a Rollout's own lacks
/// the defaults that its ReplicaSet has.
std::string Standing(const WorkloadState& state,
                     const std::vector<ClusterObject>& history) {
  if (!state.rollout) return state.pod_template;
  for (const ClusterObject& kept : history) {
    const std::string* held = TemplateIn(kept);
    if (held != nullptr && !state.rollout->current_hash.empty() &&
        RolloutHash(kept) == state.rollout->current_hash) {
      return *held;
    }
  }
  return "";
}

}  // namespace

Result<void> CheckTemplate(ClusterView& cluster, const SetTemplate& mutation,
                           const ClusterObject& live) {
  const auto refuse = [](std::string why) {
    return Error{Code::kPermissionDenied, std::move(why)};
  };
  const auto* state = live.As<WorkloadState>();
  if (state == nullptr || state->selector.empty() ||
      mutation.pod_template.empty()) {
    return refuse("the object has no template");
  }
  ListQuery query;
  query.kind = KeptIn(mutation.workload.kind);
  query.ns = mutation.workload.ns;
  query.selector = state->selector;
  const auto history = cluster.List(query);
  if (!history.ok()) return history.error().With("the last read");
  bool known = false;
  for (const ClusterObject& kept : *history) {
    known = known || Holds(kept, mutation);
  }
  if (!known) return refuse("the template is in no revision of the workload");
  const std::string now = Standing(*state, *history);
  if (now.empty()) return refuse("what stands is in no revision");
  std::string wider = WideningBy(now, mutation.pod_template);
  if (!wider.empty()) return refuse(std::move(wider));
  return {};
}

}  // namespace selfheal
