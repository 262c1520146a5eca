#pragma once

#include "sim/kubesim/kubelet.h"
#include "sim/kubesim/store.h"

namespace kubesim {

/// One pass of each controller over the store. A pass reads what is there,
/// makes at most the changes of one reconciliation, and never waits; calling
/// it again without a change in the world changes nothing.
void ReconcileDeployments(Store& store);
void ReconcileReplicaSets(Store& store);
void ReconcileStatefulSets(Store& store);
void ReconcileDaemonSets(Store& store);
void ReconcileBudgets(Store& store);
/// Taints as cordon and conditions ask for, and the pods that leave a node
/// which has not been ready for 300 s.
void ReconcileNodes(Store& store, double speed);
void SchedulePods(Store& store);
void CollectGarbage(Store& store);
/// Binds claims and grows their volumes to what is asked for.
void ReconcileClaims(Store& store);
/// cert-manager: what is Issuing becomes Ready.
void ReconcileCertificates(Store& store);

/// Plays Argo Rollouts: updates by the steps of a canary, abort and restart.
void ReconcileRollouts(Store& store);

/// Plays Argo CD: does what `operation` of an Application asks for.
void ReconcileApplications(Store& store);

/// Keeps replicas within the bounds, and follows CPU utilisation upwards. The
/// caller keeps the real one's pace of 15 s.
void ReconcileAutoscalers(Store& store, const Kubelet& kubelet);

}  // namespace kubesim
