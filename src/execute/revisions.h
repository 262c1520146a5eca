#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/evidence.h"
#include "core/result.h"

namespace selfheal {

/// One pod template that a workload has had, as Kubernetes keeps it.
struct Revision {
  ObjectRef object;  ///< A ReplicaSet or a ControllerRevision.
  std::string uid;
  long long number = 0;
  Time created_at;           ///< When the template came into use first.
  std::string pod_template;  ///< JSON, keys in order, without white space.
  bool stands = false;       ///< It is what the workload's template is now.
};

/// The history of a workload: what it controls by its uid, newest number first.
///
/// @error kFailedPrecondition  its selector says not what is its own.
Result<std::vector<Revision>> HistoryOf(ClusterView& view,
                                        const ClusterObject& workload);

/// True where somebody has gone back from `revision` to an older one: its
/// trouble is known, and it is never the aim of a rollback. Kubernetes gives a
/// template that comes back the highest number, so what was made after it and
/// has a lower number was left. Pure.
bool WasLeft(const Revision& revision, const std::vector<Revision>& history);

/// Why we know that `revision` was healthy, one sentence, or empty: not known.
///
/// Either its pods serve now, never restarted, and one of them was there
/// before the template of `current` came; or, from its first use to the next
/// template's, every metric of the evidence that has a limit was measured
/// often enough and never past it. Pure.
///
/// @param pods      those of the workload.
/// @param evidence  what was looked at last; null = nothing was.
std::optional<std::string> HealthOf(const Revision& revision,
                                    const Revision& current,
                                    const std::vector<Revision>& history,
                                    const std::vector<ClusterObject>& pods,
                                    const EvidenceWindow* evidence);

/// True where every metric of the evidence that has a limit was measured often
/// enough in [from, to), and never past it; false without such a metric. Pure.
bool WasCalm(const EvidenceWindow& evidence, Time from, Time to);

/// True where `pod` was made from `revision`. Pure.
bool IsOf(const ClusterObject& pod, const Revision& revision);

}  // namespace selfheal
