#include "adapters/kubernetes/access.h"

#include <cstdlib>
#include <filesystem>

#include "adapters/http/auth.h"

namespace selfheal::kubernetes {
namespace {

std::string Variable(const char* name) {
  // Nothing here ever sets one.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

Error NotInCluster(const std::string& what) {
  return Error{Code::kInvalidArgument, "in-cluster service account: " + what};
}

}  // namespace

Result<Access> InClusterAccess(const std::string& folder) {
  std::string host = Variable("KUBERNETES_SERVICE_HOST");
  const std::string port = Variable("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return NotInCluster(
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
  }
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  Access access;
  access.server = "https://" + host + ":" + port;
  access.token_file = folder + "/token";
  access.tls.ca_file = folder + "/ca.crt";
  for (const std::string& path : {access.token_file, access.tls.ca_file}) {
    if (!std::filesystem::exists(path)) {
      return NotInCluster(path + " does not exist");
    }
  }
  access.ns = Variable("POD_NAMESPACE");
  if (access.ns.empty()) {
    auto ns = http::ReadSecretFile(folder + "/namespace");
    if (ns) access.ns = *std::move(ns);
  }
  return access;
}

Result<Access> FindAccess(const std::string& kubeconfig) {
  if (!kubeconfig.empty()) return LoadKubeconfig(kubeconfig);
  auto in_cluster = InClusterAccess();
  if (in_cluster) return in_cluster;
  const std::string home = Variable("HOME");
  const std::string path = home + "/.kube/config";
  if (!home.empty() && std::filesystem::exists(path)) {
    return LoadKubeconfig(path);
  }
  return Error{Code::kInvalidArgument,
               "kubernetes: no kubeconfig configured, not in a pod, and no "
               "~/.kube/config"};
}

}  // namespace selfheal::kubernetes
