#include "correlate/application_target.h"

#include <optional>
#include <string>

#include "core/gitops.h"
#include "core/optional_kind.h"

namespace selfheal {
namespace {

/// More of what has drifted is only counted.
constexpr int kShown = 5;

Error Unclear(std::string message) {
  return {Code::kInvalidArgument, std::move(message)};
}

/// What has drifted, as people are told it.
class List {
 public:
  void Add(const ApplicationState::Resource& one) {
    if (++count_ > kShown) return;
    text_ += (text_.empty() ? "" : ", ") + one.kind + "/" + one.ns + "/" +
             one.name + (one.health.empty() ? "" : " (" + one.health + ")");
  }
  int count() const { return count_; }
  std::string Text() const {
    return count_ <= kShown
               ? text_
               : text_ + " and " + std::to_string(count_ - kShown) + " more";
  }

 private:
  std::string text_;
  int count_ = 0;
};

/// The one workload that `application` tells to be OutOfSync; empty where it
/// tells of nothing that is.
Result<std::optional<ObjectRef>> DriftedOf(const ClusterObject& application) {
  const auto* state = application.As<ApplicationState>();
  if (state == nullptr) return std::optional<ObjectRef>();
  if (!state->here) {
    return Unclear(ToString(application.ref) + " deploys to another cluster");
  }
  List all;
  List workloads;
  std::optional<ObjectRef> found;
  for (const ApplicationState::Resource& one : state->resources) {
    if (one.sync_status != "OutOfSync") continue;
    all.Add(one);
    const auto kind = ParseKind(one.kind);
    if (!kind || !IsWorkload(*kind)) continue;
    workloads.Add(one);
    found = ObjectRef{*kind, one.ns, one.name};
  }
  if (all.count() == 0 || workloads.count() == 1) return found;
  return Unclear(
      ToString(application.ref) +
      (workloads.count() > 1
           ? " has several workloads that have drifted: " + workloads.Text()
           : " has no workload that has drifted, but " + all.Text()));
}

/// What `application` tells of is its own only where the object says so, too.
Result<ObjectRef> Confirmed(ClusterView& view, const ObjectRef& application,
                            const ObjectRef& workload) {
  if (!IsWellFormed(workload)) {
    return Unclear(ToString(application) + " names a workload that can't be");
  }
  const auto live = view.Get(workload);
  if (!live.ok()) return live.error().With("resolve " + ToString(application));
  if (ApplicationOf(*live) != application.name) {
    return Unclear(ToString(application) + " does not keep " +
                   ToString(workload) + ", which it tells to have drifted");
  }
  return workload;
}

/// What the Application itself tells; empty where it can't be read.
Result<std::optional<ObjectRef>> ToldBy(ClusterView& view,
                                        const Labels& labels) {
  const ObjectRef ref{ObjectKind::kApplication,
                      std::string(LabelOr(labels, "namespace")),
                      std::string(LabelOr(labels, "name"))};
  if (!IsWellFormed(ref)) return std::optional<ObjectRef>();
  auto live = view.Get(ref);
  if (!live.ok() && Retryable(live.error().code)) {
    return live.error().With("resolve " + ToString(ref));
  }
  if (!live.ok()) return std::optional<ObjectRef>();
  auto drifted = DriftedOf(*live);
  if (!drifted.ok() || !*drifted) return drifted;
  auto confirmed = Confirmed(view, ref, **drifted);
  if (!confirmed.ok()) return confirmed.error();
  return std::optional(*std::move(confirmed));
}

/// The only workload that says it is kept by the Application.
Result<ObjectRef> OnlyOneOf(ClusterView& view, const ObjectRef& application) {
  const std::string what =
      "Application " + application.name + " in namespace " + application.ns;
  std::optional<ObjectRef> found;
  for (const ObjectKind kind :
       {ObjectKind::kDeployment, ObjectKind::kStatefulSet,
        ObjectKind::kDaemonSet, ObjectKind::kRollout}) {
    auto workloads = view.List({.kind = kind, .ns = application.ns});
    if (!workloads.ok() && MayLack(kind, workloads.error())) continue;
    if (!workloads.ok()) return workloads.error().With("resolve " + what);
    for (const ClusterObject& workload : *workloads) {
      if (ApplicationOf(workload) != application.name) continue;
      if (found) {
        return Unclear(what + " keeps " + ToString(*found) + " and " +
                       ToString(workload.ref) +
                       ": the alert does not say which has drifted");
      }
      found = workload.ref;
    }
  }
  if (!found) {
    return Error{Code::kNotFound, what + " keeps no workload that we know"};
  }
  return *found;
}

}  // namespace

Result<ObjectRef> WorkloadOfApplication(ClusterView& view,
                                        const Labels& labels) {
  const ObjectRef deployed{ObjectKind::kApplication,
                           std::string(LabelOr(labels, "dest_namespace")),
                           std::string(LabelOr(labels, "name"))};
  if (!IsWellFormed(deployed)) {
    return Unclear("labels dest_namespace and name do not name an Application");
  }
  const std::string server(LabelOr(labels, "dest_server"));
  if (!server.empty() && server != kOwnServer) {
    return Unclear("Application " + deployed.name + " deploys to " + server);
  }
  auto told = ToldBy(view, labels);
  if (!told.ok()) return told.error();
  return *told ? **told : OnlyOneOf(view, deployed);
}

}  // namespace selfheal
