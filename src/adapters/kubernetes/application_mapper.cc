#include "adapters/kubernetes/application_mapper.h"

namespace selfheal::kubernetes {

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
