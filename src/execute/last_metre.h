#pragma once

#include "core/clock.h"
#include "core/cluster.h"
#include "core/execution.h"
#include "core/result.h"
#include "core/switch.h"
#include "execute/cluster_client.h"
#include "execute/request_text.h"

namespace selfheal {

/// The last look at an intent before its bytes are sent: small, and on purpose
/// another implementation of what the guards have checked, so that one mistake
/// does not pass both. Give `Check` to the Executor. Thread-safe where its
/// ports are.
class LastMetre {
 public:
  /// @param clock  what the guards go by; `wall` the machine's own.
  LastMetre(ClusterView& cluster, ClusterClient& client, SwitchReader& switches,
            const Clock& clock, const Clock& wall, RequestLimits limits)
      : cluster_(cluster),
        client_(client),
        switches_(switches),
        clock_(clock),
        wall_(wall),
        limits_(std::move(limits)) {}

  /// Refuses unless: guarded at most 2 s ago, before the deadline, nobody set
  /// the wall clock, no kill switch on, the stored bytes are those of the
  /// mutation and pass CheckRequestText, and one live read shows the object as
  /// it was guarded: uid, resourceVersion, not opted out, not ourselves,
  /// replicas in reach, a template of its own history that widens nothing; a
  /// node that is neither the control plane's nor our own, whose cordon, if
  /// any, is ours; a pod on the node that is drained.
  ///
  /// @error kAborted  a fresh look may lift it (late, or the object moved);
  ///        else kPermissionDenied, or what the reads said.
  Result<void> Check(const Intent& intent);

 private:
  Result<void> CheckTimes(const Intent& intent) const;
  Result<void> CheckSwitches();
  Result<void> CheckBytes(const Intent& intent);
  Result<void> CheckLive(const Intent& intent);
  Result<void> CheckOwnNode(const std::string& node);

  ClusterView& cluster_;
  ClusterClient& client_;
  SwitchReader& switches_;
  const Clock& clock_;
  const Clock& wall_;
  const RequestLimits limits_;
};

}  // namespace selfheal
