#include "execute/revisions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace selfheal {
namespace {

/// Fewer samples of a metric do not show that it was calm.
constexpr int kLeastSamples = 5;

long long NumberIn(const std::string& text) {
  long long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Revision> ReadRevision(const ClusterObject& object) {
  Revision revision{.object = object.ref,
                    .uid = object.uid,
                    .number = 0,
                    .created_at = object.created_at,
                    .pod_template = ""};
  if (const auto* set = object.As<WorkloadState>()) {
    revision.number = NumberIn(set->revision);
    revision.pod_template = set->pod_template;
  } else if (const auto* kept = object.As<RevisionState>()) {
    revision.number = kept->number;
    revision.pod_template = kept->pod_template;
  }
  if (revision.number < 1 || revision.pod_template.empty()) return std::nullopt;
  return revision;
}

/// A Rollout's template lacks the defaults that its ReplicaSets' have: its
/// controller tells which one is its own.
bool Stands(const ClusterObject& object, const Revision& revision,
            const WorkloadState& workload) {
  if (!workload.rollout) return revision.pod_template == workload.pod_template;
  const std::string& hash = workload.rollout->current_hash;
  return !hash.empty() && RolloutHash(object) == hash;
}

/// Pods that serve and never restarted; empty where one did, or does not.
std::vector<const ClusterObject*> Calm(const Revision& revision,
                                       const std::vector<ClusterObject>& pods) {
  std::vector<const ClusterObject*> calm;
  for (const ClusterObject& pod : pods) {
    if (!IsOf(pod, revision)) continue;
    const auto* state = pod.As<PodState>();
    const bool restarted =
        std::any_of(state->containers.begin(), state->containers.end(),
                    [](const ContainerState& c) { return c.restarts > 0; });
    if (!state->ready || restarted) return {};
    calm.push_back(&pod);
  }
  return calm;
}

/// When the next template came into use, as far as that is known: one that
/// came back meanwhile, at an unknown time, makes it unknown.
std::optional<Time> EndOf(const Revision& revision,
                          const std::vector<Revision>& history) {
  std::optional<Time> end;
  for (const Revision& other : history) {
    if (other.created_at > revision.created_at) {
      end = end ? std::min(*end, other.created_at) : other.created_at;
    } else if (other.number > revision.number) {
      return std::nullopt;
    }
  }
  return end;
}

bool IsPast(const MetricWindow& metric, double value) {
  return metric.bad == BadDirection::kRises ? value >= *metric.limit
                                            : value <= *metric.limit;
}

/// How many samples of [from, to) are within the limit; -1: one is past it.
int CalmSamples(const MetricWindow& metric, Time from, Time to) {
  int calm = 0;
  for (const SampleGrid* grid : {&metric.baseline, &metric.window}) {
    Time at = grid->start;
    for (const double value : grid->values) {
      const bool counts = at >= from && at < to && std::isfinite(value);
      if (counts && IsPast(metric, value)) return -1;
      if (counts) ++calm;
      at += grid->step;
    }
  }
  return calm;
}

}  // namespace

Result<std::vector<Revision>> HistoryOf(ClusterView& view,
                                        const ClusterObject& workload) {
  const auto* state = workload.As<WorkloadState>();
  if (state == nullptr || state->selector.empty() ||
      state->selector_has_expressions) {
    return Error{Code::kFailedPrecondition,
                 "the selector of " + ToString(workload.ref) +
                     " is not a plain list of labels"};
  }
  auto kept = view.List({.kind = KeptIn(workload.ref.kind),
                         .ns = workload.ref.ns,
                         .selector = state->selector,
                         .node = ""});
  if (!kept.ok()) {
    return kept.error().With("revisions of " + ToString(workload.ref));
  }
  std::vector<Revision> history;
  for (const ClusterObject& object : *kept) {
    const OwnerRef* owner = object.Controller();
    if (owner == nullptr || owner->uid != workload.uid || object.deleting) {
      continue;
    }
    if (auto revision = ReadRevision(object)) {
      revision->stands = Stands(object, *revision, *state);
      history.push_back(*std::move(revision));
    }
  }
  std::sort(history.begin(), history.end(),
            [](const Revision& a, const Revision& b) {
              return std::tie(a.number, a.created_at) >
                     std::tie(b.number, b.created_at);
            });
  return history;
}

bool WasLeft(const Revision& revision, const std::vector<Revision>& history) {
  return std::any_of(history.begin(), history.end(), [&](const Revision& one) {
    return one.created_at < revision.created_at && one.number > revision.number;
  });
}

bool WasCalm(const EvidenceWindow& evidence, Time from, Time to) {
  int judged = 0;
  for (const MetricWindow& metric : evidence.metrics) {
    if (metric.optional || !metric.limit || !metric.problem.empty() ||
        metric.bad == BadDirection::kEither) {
      continue;
    }
    if (CalmSamples(metric, from, to) < kLeastSamples) return false;
    ++judged;
  }
  return judged > 0;
}

bool IsOf(const ClusterObject& pod, const Revision& revision) {
  if (revision.object.kind == ObjectKind::kReplicaSet) {
    const OwnerRef* owner = pod.Controller();
    return owner != nullptr && owner->uid == revision.uid;
  }
  // A StatefulSet's pods name the revision, a DaemonSet's its hash alone.
  const std::string hash(LabelOr(pod.labels, "controller-revision-hash"));
  return !hash.empty() && (revision.object.name == hash ||
                           revision.object.name.ends_with("-" + hash));
}

std::optional<std::string> HealthOf(const Revision& revision,
                                    const Revision& current,
                                    const std::vector<Revision>& history,
                                    const std::vector<ClusterObject>& pods,
                                    const EvidenceWindow* evidence) {
  const auto calm = Calm(revision, pods);
  const bool before =
      std::any_of(calm.begin(), calm.end(), [&](const ClusterObject* pod) {
        return pod->created_at < current.created_at;
      });
  if (before) {
    return std::to_string(calm.size()) +
           " pods of it serve and never restarted";
  }
  if (evidence == nullptr) return std::nullopt;
  const auto end = EndOf(revision, history);
  if (!end || !WasCalm(*evidence, revision.created_at, *end)) {
    return std::nullopt;
  }
  return "calm from " + FormatTime(revision.created_at) + " to " +
         FormatTime(*end);
}

}  // namespace selfheal
