#include "app/cluster_parts.h"

#include <utility>

#include "adapters/kubernetes/access_review.h"
#include "adapters/kubernetes/kubernetes_client.h"
#include "adapters/kubernetes/kubernetes_view.h"
#include "adapters/kubernetes/revision_journal.h"
#include "adapters/kubernetes/server_info.h"
#include "app/connections.h"
#include "app/no_cluster.h"

namespace selfheal {

ClusterParts WithoutCluster(const std::string& why) {
  ClusterParts parts;
  parts.view = std::make_unique<NoCluster>(why);
  parts.client = std::make_unique<NoCluster>(why);
  parts.changes = std::make_unique<NoCluster>(why);
  parts.server = std::make_unique<NoCluster>(why);
  parts.access = std::make_unique<NoCluster>(why);
  return parts;
}

Result<ClusterParts> BuildCluster(const Config& config, const Clock& clock,
                                  Logger& log) {
  auto access = kubernetes::FindAccess(config.kubernetes.kubeconfig);
  if (!access.ok()) {
    if (!config.kubernetes.kubeconfig.empty()) {
      return access.error().With("kubernetes.kubeconfig");
    }
    log.Warn("no cluster is configured: nothing can be healed",
             {{"reason", access.error().message}});
    return WithoutCluster(access.error().message);
  }
  ClusterParts parts;
  auto api = kubernetes::ApiClient::Create(
      {.access = *std::move(access),
       .allow_exec = config.kubernetes.allow_exec,
       .read_timeout = config.kubernetes.read_timeout,
       .write_timeout = config.kubernetes.write_timeout,
       .user_agent = UserAgent()},
      clock);
  if (!api.ok()) return api.error().With("kubernetes");
  parts.api = *std::move(api);
  parts.view = std::make_unique<kubernetes::KubernetesView>(*parts.api);
  parts.client = std::make_unique<kubernetes::KubernetesClient>(*parts.api);
  parts.changes = std::make_unique<kubernetes::RevisionJournal>(*parts.api);
  parts.server = std::make_unique<kubernetes::ServerInfo>(*parts.api);
  parts.access = std::make_unique<kubernetes::AccessReview>(*parts.api);
  return parts;
}

}  // namespace selfheal
