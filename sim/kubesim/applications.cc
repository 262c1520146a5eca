#include "sim/kubesim/controllers.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr char kManifests[] = "sim.selfheal.dev/manifests";

/// What Git holds: revision -> image of the first container of the Deployment
/// of the Application's name, in the namespace that `spec.destination` names.
Json ManifestsOf(const Json& application) {
  const Json notes =
      application["metadata"].value("annotations", Json::object());
  return Json::parse(notes.value(kManifests, "{}"), nullptr, false);
}

/// Applies the manifests of `revision`. False where Git has no such one.
bool Sync(Store& store, const Json& application, const std::string& revision) {
  const Json manifests = ManifestsOf(application);
  const std::string image = Text(manifests, {revision.c_str()});
  const std::string space =
      Text(application, {"spec", "destination", "namespace"});
  const std::string name = Text(application, {"metadata", "name"});
  if (image.empty() ||
      store.Find(Named("deployments"), space, name) == nullptr) {
    return false;
  }
  store.Edit(Named("deployments"), space, name, Part::kMain, [&](Json& object) {
    object["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  });
  return true;
}

}  // namespace

void ReconcileApplications(Store& store) {
  ForEachCopy(store, Named("applications"), [&](const Json& application) {
    const Json* operation = Member(application, {"operation"});
    if (operation == nullptr || operation->is_null()) return;
    const std::string revision = Text(*operation, {"sync", "revision"});
    const bool fine = Sync(store, application, revision);
    store.Edit(
        Named("applications"), Text(application, {"metadata", "namespace"}),
        Text(application, {"metadata", "name"}), Part::kMain,
        [&](Json& object) {
          object.erase("operation");
          Json& status = object["status"];
          status["operationState"] = {{"phase", fine ? "Succeeded" : "Failed"},
                                      {"syncResult", {{"revision", revision}}}};
          if (!fine) return;
          status["history"].push_back(
              {{"revision", revision},
               {"deployedAt", FormatTime(store.now())}});
          const std::string git = Text(status, {"sync", "revision"});
          status["sync"]["status"] = git == revision ? "Synced" : "OutOfSync";
        });
  });
}

}  // namespace kubesim
