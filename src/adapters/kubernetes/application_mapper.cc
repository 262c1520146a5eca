#include "adapters/kubernetes/application_mapper.h"

#include "core/gitops.h"

namespace selfheal::kubernetes {
namespace {

/// Argo CD names the cluster that it runs in by either.
bool IsHere(const FieldReader& destination) {
  const std::string server = destination.String("server");
  return server.empty() ? destination.String("name") == "in-cluster"
                        : server == kOwnServer;
}

}  // namespace

ApplicationState MapApplication(const FieldReader& root) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  const FieldReader operation = status.Object("operationState");
  const FieldReader automated = spec.Object("syncPolicy").Object("automated");
  ApplicationState state;
  state.sync_status = status.Object("sync").String("status");
  state.sync_revision = status.Object("sync").String("revision");
  state.health = status.Object("health").String("status");
  state.automated = automated.present() && automated.Bool("enabled", true);
  state.here = IsHere(spec.Object("destination"));
  state.operation_phase = operation.String("phase");
  state.operation_revision = operation.Object("syncResult").String("revision");
  state.busy = root.Has("operation") || state.operation_phase == "Running" ||
               state.operation_phase == "Terminating";
  state.multiple_sources = !spec.Objects("sources").empty();
  for (const FieldReader& entry : status.Objects("history")) {
    state.history.push_back({.revision = entry.String("revision"),
                             .deployed_at = entry.Timestamp("deployedAt")});
  }
  for (const FieldReader& one : status.Objects("resources")) {
    state.resources.push_back(
        {.kind = one.Required("kind"),
         .ns = one.String("namespace"),
         .name = one.Required("name"),
         .sync_status = one.String("status"),
         .health = one.Object("health").String("status")});
  }
  return state;
}

}  // namespace selfheal::kubernetes
