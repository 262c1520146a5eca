#pragma once

#include "core/cluster.h"
#include "core/mutation.h"
#include "core/result.h"

namespace selfheal {

/// The last look at a pod template before it is sent: it is, to the byte, one
/// that the workload's own history holds at this moment (so no new image can
/// be invented), and it lets no pod do more than the template that stands.
///
/// Shares no code with what chooses a revision. Reads the history once.
/// @error kPermissionDenied  what is wrong; or what the read said.
Result<void> CheckTemplate(ClusterView& cluster, const SetTemplate& mutation,
                           const ClusterObject& live);

}  // namespace selfheal
