#include "execute/rights.h"

namespace selfheal {
namespace {

struct Grants {
  std::vector<Grant> operator()(const RestartPod&) const {
    return {{"", {"pods"}, {"delete"}}};
  }
  /// The canary leaves by the eviction API, disruption budgets obeyed; the
  /// patch writes the template's annotation, or a Rollout's restartAt.
  std::vector<Grant> operator()(const RollingRestart&) const {
    return {{"", {"pods/eviction"}, {"create"}},
            {"apps", {"deployments", "statefulsets", "daemonsets"}, {"patch"}},
            {"argoproj.io", {"rollouts"}, {"patch"}}};
  }
  std::vector<Grant> operator()(const ScaleOut&) const {
    return {{"apps", {"deployments/scale", "statefulsets/scale"}, {"update"}},
            {"argoproj.io", {"rollouts/scale"}, {"update"}},
            {"autoscaling", {"horizontalpodautoscalers"}, {"patch"}}};
  }
  std::vector<Grant> operator()(const ScaleIn&) const {
    return (*this)(ScaleOut{});
  }
  /// The template; a StatefulSet's stuck pod has to be deleted, and the update
  /// of a Rollout is aborted by its status. What Argo CD keeps goes back by its
  /// Application.
  std::vector<Grant> operator()(const Rollback&) const {
    return {{"apps", {"deployments", "statefulsets", "daemonsets"}, {"patch"}},
            {"", {"pods"}, {"delete"}},
            {"argoproj.io", {"rollouts", "rollouts/status"}, {"patch"}},
            {"argoproj.io", {"applications"}, {"get", "patch"}}};
  }
  std::vector<Grant> operator()(const SetResources&) const {
    return {{"apps", {"deployments", "statefulsets", "daemonsets"}, {"patch"}},
            {"", {"resourcequotas", "limitranges"}, {"list"}}};
  }
  std::vector<Grant> operator()(const Cordon&) const { return {}; }
  std::vector<Grant> operator()(const Drain&) const { return {}; }
  std::vector<Grant> operator()(const Uncordon&) const { return {}; }
  std::vector<Grant> operator()(const EvictOne&) const {
    return {{"", {"pods/eviction"}, {"create"}}};
  }
  std::vector<Grant> operator()(const ExpandVolume&) const {
    return {{"", {"persistentvolumeclaims"}, {"get", "patch"}}};
  }
  std::vector<Grant> operator()(const RenewCertificate&) const {
    return {{"cert-manager.io", {"certificates"}, {"get"}},
            {"cert-manager.io", {"certificates/status"}, {"patch"}}};
  }
  std::vector<Grant> operator()(const Notify&) const { return {}; }
};

struct NodeGrants {
  std::vector<Grant> operator()(const Cordon&) const { return SetAside(); }
  std::vector<Grant> operator()(const Uncordon&) const { return SetAside(); }
  /// What runs on a node is of any namespace, and so is what it belongs to.
  std::vector<Grant> operator()(const Drain&) const {
    std::vector<Grant> grants = SetAside();
    grants.push_back({"", {"pods/eviction"}, {"create"}});
    grants.push_back(
        {"apps", {"deployments", "replicasets", "statefulsets"}, {"get"}});
    grants.push_back({"argoproj.io", {"rollouts"}, {"get"}});
    grants.push_back({"policy", {"poddisruptionbudgets"}, {"list"}});
    return grants;
  }
  template <typename Other>
  std::vector<Grant> operator()(const Other&) const {
    return {};
  }

 private:
  static std::vector<Grant> SetAside() {
    return {{"", {"nodes"}, {"patch"}}, {"", {"pods"}, {"get", "list"}}};
  }
};

}  // namespace

std::vector<Grant> ViewGrants() {
  return {{"", {"pods"}, {"get", "list"}},
          {"", {"services"}, {"get"}},
          {"apps",
           {"deployments", "replicasets", "statefulsets", "daemonsets",
            "controllerrevisions"},
           {"get", "list"}},
          {"argoproj.io", {"rollouts"}, {"get", "list"}},
          {"autoscaling", {"horizontalpodautoscalers"}, {"get", "list"}},
          {"policy", {"poddisruptionbudgets"}, {"get", "list"}}};
}

std::vector<Grant> ClusterViewGrants() {
  return {{"", {"namespaces", "nodes"}, {"get", "list"}},
          {"argoproj.io", {"applications"}, {"get", "list"}}};
}

std::vector<Grant> ClusterGrantsOf(const Action& action) {
  if (!std::holds_alternative<ExpandVolume>(action)) return {};
  return {{"storage.k8s.io", {"storageclasses"}, {"get"}}};
}

std::vector<Grant> ActGrants(const Action& action) {
  return std::visit(Grants{}, action);
}

std::vector<Grant> NodeGrantsOf(const Action& action) {
  return std::visit(NodeGrants{}, action);
}

}  // namespace selfheal
