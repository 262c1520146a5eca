#pragma once

#include "sim/kubesim/exposition.h"
#include "sim/kubesim/kubelet.h"
#include "sim/kubesim/store.h"

namespace kubesim {

/// What kube-state-metrics, cAdvisor and the applications expose about pods,
/// under their own names, as of `at`: now, or a time that has passed.
/// `extra` labels are put on every series.
void AddPodMetrics(const Store& store, const Kubelet& kubelet, TimePoint at,
                   const Exposition::Labels& extra, Exposition& into);

/// What cAdvisor and the node exporter expose about each node: its memory, and
/// the file system that its pods write to.
void AddNodeMetrics(const Store& store, const Kubelet& kubelet, TimePoint at,
                    const Exposition::Labels& extra, Exposition& into);

/// What kube-state-metrics exposes about workloads, autoscalers, budgets and
/// nodes.
void AddObjectMetrics(const Store& store, const Exposition::Labels& extra,
                      Exposition& into);

/// What kubelets expose about the volumes of claims, and cert-manager about
/// certificates.
void AddVolumeMetrics(const Store& store, TimePoint at,
                      const Exposition::Labels& extra, Exposition& into);
void AddCertificateMetrics(const Store& store, const Exposition::Labels& extra,
                           Exposition& into);

}  // namespace kubesim
