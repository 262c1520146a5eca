#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace selfheal::testing {

/// etcd and a real kube-apiserver on free loopback ports, with their data in
/// a temporary folder; both end, and the folder goes, with this object.
class KubernetesControlPlane {
 public:
  KubernetesControlPlane() = default;
  ~KubernetesControlPlane();
  KubernetesControlPlane(const KubernetesControlPlane&) = delete;
  KubernetesControlPlane& operator=(const KubernetesControlPlane&) = delete;

  /// Empty when it answers /readyz; otherwise why it cannot run here.
  /// `missing` tells a machine without the programs from a failed start.
  std::string Start(bool* missing);

  std::string url() const;
  std::string token() const { return "contract-token"; }
  /// The certificate that the API server made for itself.
  std::string ca_file() const { return folder_ + "/certs/apiserver.crt"; }

 private:
  std::string WriteKeys();
  bool WaitUntilReady();
  void Launch(const std::string& program, std::vector<std::string> arguments);

  std::string folder_;
  int port_ = 0;
  std::vector<pid_t> children_;
};

}  // namespace selfheal::testing
